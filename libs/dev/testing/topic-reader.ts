import { randomUUID } from 'node:crypto';
import type { Consumer, IHeaders, Kafka } from 'kafkajs';
import { waitUntil } from './wait-until.js';

export interface ReadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | undefined;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads topics from the beginning, the records of each partition in order. */
export class TopicReader {
  readonly records: ReadRecord[] = [];

  private constructor(private readonly consumer: Consumer) {}

  static async start(kafka: Kafka, topics: readonly string[]): Promise<TopicReader> {
    const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, sessionTimeout: 6_000, maxWaitTimeInMs: 50 });
    const reader = new TopicReader(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachBatch: ({ batch }) => {
        for (const { key, value, headers = {} } of batch.messages) {
          reader.records.push({ topic: batch.topic, partition: batch.partition, key: key?.toString(), value, headers: textOf(headers) });
        }
        return Promise.resolve();
      },
    });
    return reader;
  }

  /** Waits for `count` records; returns all that have come by then. An event that was sent twice counts once. */
  async atLeast(count: number): Promise<readonly ReadRecord[]> {
    await waitUntil(() => `${count} records, have ${this.distinct}`, () => this.distinct >= count);
    return this.records;
  }

  private get distinct(): number {
    return new Set(this.records.map((record, i) => record.headers['ce_id'] ?? i)).size;
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }
}

function textOf(headers: IHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
