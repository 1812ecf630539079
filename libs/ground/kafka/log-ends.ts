import type { Admin, Kafka } from 'kafkajs';

/** Where a partition's log begins, and the offset that its next record will get. */
export interface LogEnds {
  readonly start: number;
  readonly end: number;
}

/** Asks Kafka how far a topic's partitions reach, without reading them. */
export class LogEndsReader {
  private admin: Admin | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {}

  /** @throws what kafkajs throws while Kafka doesn't answer, or the topic isn't there */
  async read(): Promise<Map<number, LogEnds>> {
    const partitions = await this.ask((admin) => admin.fetchTopicOffsets(this.topic));
    return new Map(partitions.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]));
  }

  /**
   * The offset of each partition's first record that is no older than this (milliseconds since 1970); the log's end when
   * there is none.
   * @throws as `read` does
   */
  async offsetsSince(timeMs: number): Promise<Map<number, number>> {
    const partitions = await this.ask((admin) => admin.fetchTopicOffsetsByTimestamp(this.topic, timeMs));
    return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = (this.admin ??= this.kafka.admin({ retry: { retries: 0 } }));
    try {
      await admin.connect();
      return await question(admin);
    } catch (error) {
      // It would go on with the leaders that it knows, which may have moved.
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }
}
