import type { Admin, Kafka } from 'kafkajs';

/** Offset of a partition's first record, and the offset that its next record gets. */
export interface LogEnds {
  readonly start: number;
  readonly end: number;
}

/** Asks Kafka where the logs of a topic start and end, without reading them. */
export class LogEndsReader {
  private admin: Admin | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {}

  /** The ends by partition. @throws what kafkajs throws while Kafka does not answer, or lacks the topic */
  async read(): Promise<Map<number, LogEnds>> {
    const partitions = await this.ask((admin) => admin.fetchTopicOffsets(this.topic));
    return new Map(partitions.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]));
  }

  /**
   * Each partition's offset of the first record that is not older than `timeMs` (milliseconds since 1970), or the log's
   * end when there is none.
   * @throws as `read` does
   */
  async offsetsSince(timeMs: number): Promise<Map<number, number>> {
    const partitions = await this.ask((admin) => admin.fetchTopicOffsetsByTimestamp(this.topic, timeMs));
    return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  private async ask<T>(query: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = (this.admin ??= this.kafka.admin({ retry: { retries: 0 } }));
    try {
      await admin.connect();
      return await query(admin);
    } catch (error) {
      // This client would keep asking the leaders that it knows, and those may have moved.
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
