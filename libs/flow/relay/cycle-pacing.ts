import { RoundBudget } from '#domain/round-budget';

/**
 * A cycle costs as much as 30 rows. Cycles therefore start 5 ms apart on average; at 200 events/s no event waits. After
 * 30 rows or more the relay waits 10 ms, so that the next batch is larger.
 */
const MIN_CYCLE_MS = 5;
const CYCLES_AHEAD = 4;
const LARGE_BATCH_ROWS = 30;
const BATCHING_DELAY_MS = 10;
/** From so many rows on there is a backlog, and the next cycle starts at once. */
const BACKLOG_ROWS = 500;
/** Polls for rows that other processes wrote, or that a crash left behind: 5 ms after there was work, then less often. */
const MIN_POLL_MS = 5;
const MAX_POLL_MS = 50;

/** A cycle that has ended without an error. */
export interface Cycle {
  readonly startedAtMs: number;
  /** Rows that Kafka accepted. */
  readonly rowsSent: number;
  /** Whether more rows were read than fit into the send. */
  readonly hasMore: boolean;
}

export interface Pause {
  /** Waited in full, so that more rows arrive, in milliseconds. */
  readonly batchingMs: number;
  /** Waited after that unless there are new rows, in milliseconds. */
  readonly pollMs: number;
}

/** When the relay's next cycle starts. Pure: the caller passes the time. */
export class CyclePacing {
  private readonly budget = new RoundBudget(MIN_CYCLE_MS, CYCLES_AHEAD);
  private pollMs = MIN_POLL_MS;

  /** The pause after this cycle; undefined if the next one starts at once. */
  pauseAfter({ startedAtMs, rowsSent, hasMore }: Cycle, nowMs: number): Pause | undefined {
    if (rowsSent === 0) {
      const { pollMs } = this;
      this.pollMs = Math.min(2 * pollMs, MAX_POLL_MS);
      return { batchingMs: this.budget.waitMs(nowMs), pollMs };
    }
    // Only a cycle that sends rows uses up the budget: after one that only removes some, the next event must not wait.
    this.budget.begin(startedAtMs);
    this.pollMs = MIN_POLL_MS;
    if (hasMore || rowsSent >= BACKLOG_ROWS) return undefined;
    return { batchingMs: rowsSent >= LARGE_BATCH_ROWS ? BATCHING_DELAY_MS : this.budget.waitMs(nowMs), pollMs: MIN_POLL_MS };
  }
}
