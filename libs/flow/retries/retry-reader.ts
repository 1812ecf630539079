import { Injectable } from '@nestjs/common';
import { parseDurationMs } from '#domain/duration';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { foreignTokens, retryTokens } from './retries.metrics.js';
import { parseRetryToken, type RetryHandler } from './retry-token.js';

/** How far the clock of another dispatcher may be ahead of ours. */
const MAX_CLOCK_SKEW_MS = 60_000;
/** The longest time that a timer of Node can run. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Reads the retry tiers. A record is due at its own timestamp plus its tier's delay. All records of a tier wait equally
 * long, so they come due in the log's order, and the partition is paused until the first one's time.
 */
@Injectable()
export class RetryReader {
  private handler: RetryHandler | undefined;

  /** Asks `handler` what each token is for. Until it is set, nothing is read. */
  handleWith(handler: RetryHandler): void {
    this.handler = handler;
  }

  read(batch: ShardBatch): BatchResult {
    const { handler } = this;
    if (handler?.mayRead(batch.shard) !== true) return { kind: 'closed' };
    const delayMs = parseDurationMs(batch.topic.slice('retry.'.length)) ?? 0;
    for (const record of batch.records) {
      const token = parseRetryToken(record.value);
      if (token === undefined) {
        foreignTokens.inc();
        continue;
      }
      const writtenInMs = Number(record.timestamp) - Date.now();
      const remainingMs = writtenInMs + delayMs;
      // A foreign producer can set any timestamp. A record too far in the future must not block the partition.
      if (remainingMs > 0 && writtenInMs < MAX_CLOCK_SKEW_MS) return { kind: 'pause', fromOffset: Number(record.offset), durationMs: Math.min(remainingMs, MAX_TIMER_MS) };
      retryTokens.inc({ result: handler.wake(batch.shard, token) });
    }
    return { kind: 'done' };
  }
}
