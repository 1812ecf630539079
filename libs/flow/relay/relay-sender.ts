import type { Kafka, Producer } from 'kafkajs';
import { Partitioners } from 'kafkajs';
import { KafkaJSProtocolError } from '#ground/kafka/client';
import type { Logger } from '#ground/telemetry/logger';
import type { SpanFacts } from '#ground/tracing/span';
import { type BatchFacts, NO_TRACING, type Tracing } from '#ground/tracing/tracing';
import { relayBatchRecords, relayedRecords, relayErrors, relaySendSeconds } from './relay.metrics.js';
import { grouped } from './relay-batch.js';
import type { RelayRow } from './relay-source.js';

const KAFKA_SEND = { 'messaging.system': 'kafka', 'messaging.operation.type': 'send' } as const;
const SEND_RECORDS: BatchFacts = { name: 'send records', kind: 'producer', attributes: KAFKA_SEND, sizeAttribute: 'messaging.batch.message_count' };

/** Kafka's error codes MESSAGE_TOO_LARGE and RECORD_LIST_TOO_LARGE. */
const TOO_LARGE = [10, 18];

/** A producer for one relay: it makes only a few quick attempts, because the relay itself retries forever. */
export function createRelayProducer(kafka: Kafka): Producer {
  return kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 2 },
  });
}

/** The result of a send. */
export interface Sent<Row extends RelayRow> {
  /** In Kafka, acknowledged by all in-sync replicas. */
  readonly rows: readonly Row[];
  /** Shards of which Kafka refused some or all rows. */
  readonly failedShards: readonly number[];
}

/** Sends rows to Kafka, each partition's in order. */
export class RelaySender {
  constructor(
    private readonly producer: Producer,
    private readonly logger: Logger,
    private readonly tracing: Pick<Tracing, 'batch' | 'end'> = NO_TRACING,
  ) {}

  /**
   * Sends all rows in one request per broker. If Kafka refuses it because of some partition, each shard's rows are sent
   * separately, so that one shard does not block the others.
   * @throws the error of kafkajs if Kafka cannot be reached
   */
  async send<Row extends RelayRow>(rows: readonly Row[]): Promise<Sent<Row>> {
    const sent = await this.tracing.batch(SEND_RECORDS, rows, () => this.sendTogether(rows));
    for (const row of sent.rows) if (row.span !== undefined) this.tracing.end(row.span, publishedSpan(row));
    return sent;
  }

  private async sendTogether<Row extends RelayRow>(rows: readonly Row[]): Promise<Sent<Row>> {
    try {
      await this.sendAll(rows);
      return { rows, failedShards: [] };
    } catch (error) {
      if (protocolErrorOf(error) === undefined) throw error;
    }
    const shards = [...grouped(rows, ({ shard }) => shard)];
    const results = await Promise.all(shards.map(async ([shard, own]) => ({ shard, own, accepted: await this.sendShard(own) })));
    return {
      rows: results.flatMap(({ accepted }) => accepted),
      failedShards: results.filter(({ own, accepted }) => accepted.length < own.length).map(({ shard }) => shard),
    };
  }

  /** Sends one shard's rows, and halves a batch that is too large. Returns the rows that were accepted: its first ones. */
  private async sendShard<Row extends RelayRow>(rows: readonly Row[]): Promise<readonly Row[]> {
    try {
      await this.sendAll(rows);
      return rows;
    } catch (error) {
      if (!TOO_LARGE.includes(protocolErrorOf(error)?.code ?? -1)) {
        this.logger.warn({ err: error, shard: rows[0]?.shard }, 'Kafka refused records of a shard; retrying');
        relayErrors.inc({ step: 'send' });
        return [];
      }
      if (rows.length === 1) {
        // Skipping the record would break its entity's order, so the shard waits. Topics that Lockstep creates accept
        // the largest body: this topic's max.message.bytes was lowered later.
        this.logger.error(
          { err: error, topic: rows[0]?.topic, shard: rows[0]?.shard, sequence: rows[0]?.sequence },
          "Kafka refuses a record as too large, and its shard waits: raise the topic's max.message.bytes",
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
    const startedAtMs = performance.now();
    await this.producer.sendBatch({
      acks: -1,
      topicMessages: [...topics].map(([topic, own]) => ({ topic, messages: own.map(({ message }) => message) })),
    });
    relaySendSeconds.observe((performance.now() - startedAtMs) / 1_000);
    relayBatchRecords.observe(rows.length);
    for (const [topic, own] of topics) relayedRecords.inc({ topic }, own.length);
  }
}

function publishedSpan({ topic, shard, message }: RelayRow): SpanFacts {
  return {
    name: `publish ${topic}`,
    kind: 'producer',
    attributes: {
      ...KAFKA_SEND, 'messaging.destination.name': topic, 'messaging.destination.partition.id': String(shard), 'messaging.message.body.size': message.value?.length ?? 0,
      'lockstep.event.id': String(message.headers?.['ce_id']),
    },
  };
}

/** The broker's answer. kafkajs wraps it in another error after its last attempt. */
function protocolErrorOf(error: unknown): { readonly code: number } | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof KafkaJSProtocolError) return cause;
  }
  return undefined;
}
