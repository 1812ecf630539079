/**
 * Since when Kafka has not answered for rows that the relay read. The relay writes it, and its leases depend on it.
 *
 * An empty outbox does not end a stall, because another relay may have sent the rows. Postgres errors do not count.
 */
export class KafkaStall {
  private sinceMs: number | undefined;

  /** Rows are about to be sent. */
  onSend(nowMs: number): void {
    this.sinceMs ??= nowMs;
  }

  /** Kafka accepted the rows, or refused some of them. */
  onAnswer(): void {
    this.sinceMs = undefined;
  }

  /** Whether rows were read for which Kafka has not answered yet. */
  get isPending(): boolean {
    return this.sinceMs !== undefined;
  }

  /** How long Kafka has not answered, in milliseconds; 0 while it does. */
  kafkaStalledMs(nowMs: number): number {
    return this.sinceMs === undefined ? 0 : nowMs - this.sinceMs;
  }
}
