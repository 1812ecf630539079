const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 1_000;

interface ShardRow {
  readonly shard: number;
}

/** What became of a cycle of the relay. */
export interface CycleResult {
  /** The shards that were read. */
  readonly shards: readonly number[];
  /** Their rows. */
  readonly read: readonly ShardRow[];
  /** The rows that Kafka accepted. */
  readonly sent: readonly ShardRow[];
  /** Shards of which Kafka refused rows. */
  readonly failedShards: readonly number[];
}

/** Which shards the relay leaves alone for a while, because Kafka refused their records. Pure: the caller passes the time. */
export class ShardBackoff {
  private readonly waits = new Map<number, { readonly untilMs: number; readonly backoffMs: number }>();

  /** Shards in backoff. */
  get size(): number {
    return this.waits.size;
  }

  /** The shards that may be read now. Ends the backoff of shards that are not in the list. */
  ready(shards: readonly number[], nowMs: number): readonly number[] {
    if (this.waits.size === 0) return shards;
    for (const shard of this.waits.keys()) if (!shards.includes(shard)) this.waits.delete(shard);
    return shards.filter((shard) => (this.waits.get(shard)?.untilMs ?? 0) <= nowMs);
  }

  /**
   * A shard whose send failed backs off, twice as long each time. Any other shard that was read leaves backoff, unless
   * it had rows and none was sent.
   */
  update({ shards, read, sent, failedShards }: CycleResult, nowMs: number): void {
    if (this.waits.size === 0 && failedShards.length === 0) return;
    const unsent = new Set(read.map(({ shard }) => shard));
    for (const { shard } of sent) unsent.delete(shard);
    for (const shard of shards) if (!unsent.has(shard) && !failedShards.includes(shard)) this.waits.delete(shard);
    for (const shard of failedShards) {
      const backoffMs = Math.min(2 * (this.waits.get(shard)?.backoffMs ?? MIN_BACKOFF_MS / 2), MAX_BACKOFF_MS);
      this.waits.set(shard, { untilMs: nowMs + backoffMs, backoffMs });
    }
  }
}
