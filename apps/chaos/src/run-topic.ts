import { setTimeout as delay } from 'node:timers/promises';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { toPublicId } from '#domain/ids';
import { waitUntil } from '#dev/testing/wait-until';
import { nowMs } from './clock.js';
import type { EventClient } from './event-client.js';
import type { Answer, PostedEvent, TopicRecord } from './history.js';
import { isAccepted } from './lanes.js';
import { queryOnce } from './query-once.js';
import { readTopic } from './read-topic.js';
import { keyOfSealed, sealedBody } from './sealed-body.js';

const PARTITIONS = 3;
const TRY_LIMIT_MS = 5_000;
const RETRY_MS = 500;

/** Where the topic is, and who reads it. */
export interface RunTopicOptions {
  /** Without a proxy: the client's own connection has no faults, but the broker's. */
  readonly brokers: string;
  readonly topic: string;
  /** Name of the source that reads it. */
  readonly source: string;
  readonly databaseUrl: string;
}

/**
 * A topic of the run's own, and its producer. It sends each record once: one whose answer was lost may be in the topic or
 * not, and the topic tells in the end. So every record of the topic must become exactly one event.
 */
export class RunTopic implements EventClient {
  private ends: ReadonlyMap<number, number> | undefined;

  private constructor(
    private readonly options: RunTopicOptions,
    private readonly kafka: Kafka,
    private readonly producer: Producer,
  ) {}

  static async create(options: RunTopicOptions): Promise<RunTopic> {
    const { brokers, topic } = options;
    const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING, connectionTimeout: TRY_LIMIT_MS, requestTimeout: TRY_LIMIT_MS });
    await withAdmin(kafka, async (admin) => {
      // kafkajs does not wait for a broker that does not know the topic yet.
      await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }], waitForLeaders: false });
      await waitUntil(`the leaders of ${topic}`, () => admin.fetchTopicOffsets(topic).then(({ length }) => length === PARTITIONS, () => false));
    });
    // A repeated record would be another record.
    const producer = kafka.producer({ retry: { retries: 0 }, allowAutoTopicCreation: false });
    await producer.connect();
    return new RunTopic(options, kafka, producer);
  }

  async post(entity: string, key: string): Promise<PostedEvent> {
    const sentAtMs = nowMs();
    const answer = await this.send(entity, sealedBody(entity, key));
    const answeredAtMs = nowMs();
    if (answer.kind === 'unknown') await delay(RETRY_MS);
    return { origin: 'topic', key, entity, tries: [{ sentAtMs, answeredAtMs, answer }] };
  }

  /** Ends the producer. */
  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  /** Records that the source has not read. To be called after `close`. @throws what Kafka and Postgres throw */
  async unread(): Promise<number> {
    this.ends ??= await this.readEnds();
    const positions = new Map((await this.positions()).map(({ partition, position }) => [partition, position]));
    return [...this.ends].reduce((sum, [partition, end]) => sum + end - (positions.get(partition) ?? 0), 0);
  }

  /** What a source that stays behind shows: its positions, and its state at each gateway. */
  async describe(): Promise<string> {
    const readers = await queryOnce(this.options.databaseUrl, 'select r.state, r.detail, r.seen_at from source_readers r join sources s on s.id = r.source where s.name = $1', [this.options.source]);
    return JSON.stringify({ source: this.options.source, ends: [...(this.ends ?? [])], positions: await this.positions(), readers });
  }

  /**
   * The events with their records, as Kafka and Postgres have them at the end. An event that was not acknowledged and is not in
   * the topic is left out: there never was one.
   */
  async settled(events: readonly PostedEvent[]): Promise<PostedEvent[]> {
    const records = await this.records();
    return events
      .map((event): PostedEvent => {
        const record = records.get(event.key);
        return event.origin !== 'topic' || record === undefined ? event : { ...event, record };
      })
      .filter((event) => event.origin !== 'topic' || event.record !== undefined || isAccepted(event));
  }

  /** What the audit log says of the source, and no fault explains. Nothing deletes records of the topic, or the topic; while Kafka is away, the topic cannot be read. */
  async incidents(): Promise<string[]> {
    const rows = await queryOnce<{ action: string; detail: object }>(this.options.databaseUrl, "select action, detail from audit_log where action in ('source.gap', 'source.topic_recreated') or action = 'source.failing' and detail ? 'refused' order by id");
    return rows.map(({ action, detail }) => `source: the audit log has ${action} ${JSON.stringify(detail)}`);
  }

  private async send(entity: string, value: string): Promise<Answer> {
    try {
      await this.producer.send({ topic: this.options.topic, acks: -1, timeout: TRY_LIMIT_MS, messages: [{ key: entity, value }] });
      return { kind: 'acknowledged' };
    } catch {
      return { kind: 'unknown' };
    }
  }

  /** By key. */
  private async records(): Promise<ReadonlyMap<string, TopicRecord>> {
    const { topic, source, databaseUrl } = this.options;
    const rows = await queryOnce<{ id: string; payload: Buffer }>(databaseUrl, 'select id, payload from events where source = $1 order by accept_seq', [source]);
    const eventIds = Map.groupBy(rows.map(({ id, payload }) => ({ id: toPublicId('evt', id), key: keyOfSealed(payload.toString()) })), ({ key }) => key);
    const nextOffsets = new Map<number, number>();
    const records = new Map<string, TopicRecord>();
    for (const { partition, value } of await readTopic(this.kafka, topic)) {
      const offset = nextOffsets.get(partition) ?? 0;
      nextOffsets.set(partition, offset + 1);
      const key = keyOfSealed(String(value));
      if (key === undefined || records.has(key)) throw new Error(`The record at ${partition}/${offset} of ${topic} is none of the run's, or there twice: ${String(value)}`);
      records.set(key, { partition, offset, eventIds: (eventIds.get(key) ?? []).map(({ id }) => id) });
    }
    return records;
  }

  private async readEnds(): Promise<ReadonlyMap<number, number>> {
    const offsets = await withAdmin(this.kafka, (admin) => admin.fetchTopicOffsets(this.options.topic));
    return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
  }

  private positions(): Promise<{ partition: number; position: number }[]> {
    return queryOnce(
      this.options.databaseUrl,
      'select p.partition, p.next_offset::float8 as position from source_positions p join sources s on s.id = p.source where s.name = $1 order by p.partition',
      [this.options.source],
    );
  }
}

async function withAdmin<Result>(kafka: Kafka, act: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}
