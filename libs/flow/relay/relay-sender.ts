import type { Kafka, Producer } from 'kafkajs';
import { Partitioners } from 'kafkajs';
import { KafkaJSProtocolError } from '#ground/kafka/client';
import type { Logger } from '#ground/telemetry/logger';
import { relayBatchSize, relayed, relayErrors } from './relay.metrics.js';
import { grouped } from './relay-batch.js';
import type { RelayRow } from './relay-source.js';

/** Kafka's errors for "too large": MESSAGE_TOO_LARGE and RECORD_LIST_TOO_LARGE. */
const TOO_LARGE = [10, 18];

/** A producer as relays need it: acks from all replicas, our partitions, a few quick tries (the relay goes on for ever). */
export function createRelayProducer(kafka: Kafka): Producer {
  return kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 2 },
  });
}

/** What became of a send. */
export interface Sent<Row extends RelayRow> {
  /** In Kafka, acknowledged by all in-sync replicas. */
  readonly rows: readonly Row[];
  /** Shards whose rows were not taken, or not all of them. */
  readonly failedShards: readonly number[];
}

/** Sends rows to Kafka so that each partition gets its own in order. */
export class RelaySender {
  constructor(
    private readonly producer: Producer,
    private readonly logger: Logger,
  ) {}

  /**
   * Sends all rows in one request a broker. When Kafka refuses it for the sake of some partition, each shard's rows go
   * on their own, so that one shard's trouble is not the others'.
   * @throws what kafkajs throws when Kafka can't be reached
   */
  async send<Row extends RelayRow>(rows: readonly Row[]): Promise<Sent<Row>> {
    try {
      await this.sendAll(rows);
      return { rows, failedShards: [] };
    } catch (error) {
      if (protocolErrorOf(error) === undefined) throw error;
    }
    const shards = [...grouped(rows, ({ shard }) => shard)];
    const results = await Promise.all(shards.map(async ([shard, own]) => ({ shard, own, taken: await this.sendShard(own) })));
    return {
      rows: results.flatMap(({ taken }) => taken),
      failedShards: results.filter(({ own, taken }) => taken.length < own.length).map(({ shard }) => shard),
    };
  }

  /** Sends one shard's rows, halving what is too large; returns those that were taken, its first ones. */
  private async sendShard<Row extends RelayRow>(rows: readonly Row[]): Promise<readonly Row[]> {
    try {
      await this.sendAll(rows);
      return rows;
    } catch (error) {
      if (!TOO_LARGE.includes(protocolErrorOf(error)?.code ?? -1)) {
        this.logger.warn({ err: error, shard: rows[0]?.shard }, 'Kafka did not take records of a shard; trying again');
        relayErrors.inc({ step: 'send' });
        return [];
      }
      if (rows.length === 1) {
        // Leaving it out would break the entity's order: the shard waits, loudly. Topics made by Lockstep have room
        // for the largest body, so somebody has lowered a topic's max.message.bytes.
        this.logger.error(
          { err: error, topic: rows[0]?.topic, shard: rows[0]?.shard, sequence: rows[0]?.sequence },
          "Kafka refuses a record as too large and its shard waits for it: raise the topic's max.message.bytes",
        );
        relayErrors.inc({ step: 'refused' });
        return [];
      }
    }
    const half = rows.length >> 1;
    const first = await this.sendShard(rows.slice(0, half));
    if (first.length < half) return first;
    return [...first, ...(await this.sendShard(rows.slice(half)))];
  }

  private async sendAll(rows: readonly RelayRow[]): Promise<void> {
    const topics = grouped(rows, ({ topic }) => topic);
    await this.producer.sendBatch({
      acks: -1,
      topicMessages: [...topics].map(([topic, own]) => ({ topic, messages: own.map(({ message }) => message) })),
    });
    relayBatchSize.observe(rows.length);
    for (const [topic, own] of topics) relayed.inc({ topic }, own.length);
  }
}

/** The broker's own answer behind an error of kafkajs, which wraps it once its tries are used up. */
function protocolErrorOf(error: unknown): { readonly code: number } | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof KafkaJSProtocolError) return cause;
  }
  return undefined;
}
