import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { LogEndsReader } from '#ground/kafka/log-ends';
import { Topics } from '#ground/kafka/topics';
import { withinMs } from '#ground/polling/within-ms';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';

/** Answers are used again for this long, so that nobody makes a gateway ask Kafka all the time. */
const FRESH_MS = 5_000;
/** Without an answer the ends are not known: what Postgres knows is answered without them. */
const LIMIT_MS = 2_000;

type Ends = ReadonlyMap<number, number>;

/** Where the logs of the topic `events` end, by partition. */
@Injectable()
export class EventsLag {
  private readonly logs: LogEndsReader;
  private asked: Promise<Ends | undefined> | undefined;
  private askedAtMs = -Infinity;

  constructor(kafka: Kafka, topics: Topics, @InjectLogger() private readonly logger: Logger) {
    this.logs = new LogEndsReader(kafka, topics.events);
  }

  /** The offset that each partition's next record gets; undefined while Kafka does not answer. */
  async ends(): Promise<Ends | undefined> {
    if (this.asked === undefined || performance.now() - this.askedAtMs > FRESH_MS) {
      this.askedAtMs = performance.now();
      this.asked = this.ask();
    }
    return withinMs(LIMIT_MS, this.asked);
  }

  close(): Promise<void> {
    return this.logs.close();
  }

  private async ask(): Promise<Ends | undefined> {
    try {
      return new Map([...(await this.logs.read())].map(([partition, { end }]) => [partition, end]));
    } catch (error) {
      this.logger.debug({ err: error }, 'Kafka does not say where the logs of events end');
      return undefined;
    }
  }
}
