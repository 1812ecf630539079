import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import type { Config } from '#ground/config/config';
import { maxBatchBytes } from '#ground/kafka/message-size';
import { Topics } from '#ground/kafka/topics';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import { ProcessIdentity } from '#ground/process/process-identity';
import type { Logger } from '#ground/telemetry/logger';
import { Tracing } from '#ground/tracing/tracing';
import { IngestOutbox } from './ingest-outbox.js';
import { KafkaStall } from './kafka-stall.js';
import { RecentEvents, type RelayedEvent } from './recent-events.js';
import { Relay } from './relay.js';
import { RelayLeases } from './relay-leases.js';
import { createRelayProducer } from './relay-sender.js';

/** An event that this process has committed. */
export interface CommittedEvent extends RelayedEvent {
  readonly shard: number;
}

/** Between commit and Kafka. Events beyond this are read back from Postgres. */
const MAX_RECENT_BYTES = 16_777_216;

/** A gateway's relay: sends accepted events to Kafka, sharing the shards with the other gateways. */
@Injectable()
export class EventRelay {
  private readonly recent = new RecentEvents(MAX_RECENT_BYTES);
  private readonly leases: RelayLeases;
  private readonly relay: Relay;

  /** @param database of its own, with two connections: a read of many rows must not delay the renewal of the leases */
  constructor(
    @InjectDatabase('relay') database: Database,
    kafka: Kafka,
    topics: Topics,
    @InjectConfig() config: Pick<Config, 'maxBodyBytes'>,
    @InjectLogger() logger: Logger,
    { id }: ProcessIdentity,
    tracing: Tracing,
  ) {
    const stall = new KafkaStall();
    this.leases = new RelayLeases(database, stall, logger, id);
    this.relay = new Relay({
      source: new IngestOutbox(database, topics.events, this.recent, tracing),
      producer: createRelayProducer(kafka),
      shards: this.leases.shards,
      maxBatchBytes: maxBatchBytes(config.maxBodyBytes),
      stall,
      logger,
      tracing,
    });
  }

  /** Why events are not sent now, or undefined if they are. */
  get problem(): string | undefined {
    return this.relay.problem;
  }

  /** Relays events that were just committed here without reading them back. Events of others' shards are left to them. */
  add(events: readonly CommittedEvent[]): void {
    const shards = new Set(this.leases.shards());
    const relayed = events.filter(({ shard }) => shards.has(shard));
    for (const event of relayed) this.recent.add(event);
    if (relayed.length > 0) this.relay.nudge();
  }

  /** Resolves once the relay runs; failures are retried in the background. */
  async start(): Promise<void> {
    await this.leases.start();
    this.relay.start();
  }

  /** Sends the waiting events, for at most `drainMs` milliseconds, and leaves the shards to the other gateways. */
  async stop(drainMs: number): Promise<void> {
    await this.relay.stop(drainMs);
    await this.leases.stop();
  }
}
