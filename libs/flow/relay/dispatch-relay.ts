import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { OpenShards } from '#flow/lanes/open-shards';
import type { Config } from '#ground/config/config';
import { maxBatchBytes } from '#ground/kafka/message-size';
import { tiersOf, Topics } from '#ground/kafka/topics';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { DispatchOutbox } from './dispatch-outbox.js';
import { Relay } from './relay.js';
import { createRelayProducer } from './relay-sender.js';

/** After this, what still waits is left to the shards' next owners. */
const DRAIN_MS = 1_000;

/** A dispatcher's relay: sends the retry tokens, dead letters and nudges of its shards to Kafka. */
@Injectable()
export class DispatchRelay {
  private readonly relay: Relay;

  constructor(
    @InjectDatabase('relay') database: Database,
    kafka: Kafka,
    topics: Topics,
    shards: OpenShards,
    @InjectConfig() config: Pick<Config, 'maxBodyBytes' | 'retryScheduleMs'>,
    @InjectLogger() logger: Logger,
  ) {
    this.relay = new Relay({
      source: new DispatchOutbox(database, topics, tiersOf(config.retryScheduleMs), logger),
      producer: createRelayProducer(kafka),
      shards: () => shards.shards(),
      maxBatchBytes: maxBatchBytes(config.maxBodyBytes),
      logger,
    });
  }

  /** Why records are not sent now, or undefined if they are. */
  get problem(): string | undefined {
    return this.relay.problem;
  }

  start(): void {
    this.relay.start();
  }

  /** Sends the waiting records, for at most a second. */
  async stop(): Promise<void> {
    await this.relay.stop(DRAIN_MS);
  }
}
