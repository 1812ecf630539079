import { parseDurationMs } from '#domain/duration';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { foreignTokens, retryTokens } from './retries.metrics.js';
import { parseRetryToken, type RetryToken } from './retry-token.js';
import type { LaneRunner } from '#flow/lanes/lane-runner';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

/** How far the clock of another dispatcher may be ahead of ours. */
const MOST_SKEW_MS = 60_000;

/**
 * Reads the rungs of the retry ladder. A record is due at its own timestamp plus its rung's delay; since a rung's
 * records all wait equally long, they come due in the log's order, and the partition rests until the first one's time.
 */
export class RetryReader {
  constructor(
    private readonly supervisor: ShardSupervisor,
    private readonly runner: LaneRunner,
  ) {}

  read(batch: ShardBatch): BatchResult {
    const owned = this.supervisor.reading(batch.shard);
    if (owned === undefined) return { kind: 'closed' };
    const delayMs = parseDurationMs(batch.topic.slice('retry.'.length)) ?? 0;
    for (const record of batch.records) {
      const token = parseRetryToken(record.value);
      if (token === undefined) {
        // Not ours: nothing to wait for.
        foreignTokens.inc();
        continue;
      }
      const writtenInMs = Number(record.timestamp) - Date.now();
      const remainingMs = writtenInMs + delayMs;
      // Whoever else writes here may give a record any time, and nobody behind it is to wait for that.
      if (remainingMs > 0 && writtenInMs < MOST_SKEW_MS) return { kind: 'pause', fromOffset: Number(record.offset), durationMs: Math.min(remainingMs, 2_147_483_647) };
      retryTokens.inc({ result: this.redeem(batch.shard, token) ? 'woken' : 'stale' });
    }
    return { kind: 'done' };
  }

  /** @returns whether the token's head was waiting for just this */
  private redeem(shard: number, token: RetryToken): boolean {
    const lanes = this.supervisor.find(shard)?.lanes;
    const record = lanes?.find(token.name);
    if (lanes === undefined || record === undefined || lanes.lease.epoch !== token.epoch || record.lane.phase !== 'waiting') return false;
    if (record.waitingFor !== token.delivery.eventId || record.lane.attempts + 1 !== token.attempt) return false;
    const remainingMs = record.dueAtMs - performance.now();
    if (remainingMs > 0) this.runner.wakeAfter(record, remainingMs);
    else this.runner.wake(record);
    return true;
  }
}
