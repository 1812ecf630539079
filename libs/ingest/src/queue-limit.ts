export interface QueueLimitOptions {
  /** So many may always wait. 128: what 100 connections that post one after the other have under way, and some. */
  readonly least: number;
  /** So many more at once, when there was no such crowd in the last second. 896: a thousand posts at once are no overload. */
  readonly burst: number;
}

/** What may wait is what is committed in this time: then nobody waits much longer. Two full commits on a usual disk. */
const LONGEST_WAIT_MS = 10;
/** For so long there has been no crowd before another burst is let in: under a load that never ends there is one only. */
const CALM_MS = 1_000;
/** Weight of the latest commit in the rate: a second of them, at one every few milliseconds. */
const SMOOTHING = 0.02;

/**
 * How many posts may wait for their commit before more are refused. By Little's law who is let in waits for as long as
 * it takes to commit what is ahead: a bound on the number, made from the rate that is measured, is a bound on time, and
 * unlike one on time it is known before the post is read. Pure: told what happened, asked what may.
 */
export class QueueLimit {
  private ratePerMs = 0;
  private burstLeft: number;
  private crowdedAtMs = -Infinity;

  constructor(private readonly options: QueueLimitOptions = { least: 128, burst: 896 }) {
    this.burstLeft = options.burst;
  }

  /** Whether one more is too many, while so many wait. */
  isReached(waiting: number): boolean {
    return waiting >= this.limit && this.burstLeft < 1;
  }

  /** One was let in, behind so many, at this time of a monotonic clock. */
  entered(waiting: number, nowMs: number): void {
    if (nowMs - this.crowdedAtMs >= CALM_MS) this.burstLeft = this.options.burst;
    if (waiting >= this.limit) this.burstLeft -= 1;
    if (waiting + 1 >= this.limit) this.crowdedAtMs = nowMs;
  }

  /** A statement has committed so many in this time, while so many waited. */
  committed(count: number, tookMs: number, waiting: number, nowMs: number): void {
    if (waiting >= this.limit) this.crowdedAtMs = nowMs;
    this.ratePerMs += SMOOTHING * (count / Math.max(tookMs, 0.1) - this.ratePerMs);
  }

  private get limit(): number {
    return Math.max(this.options.least, Math.ceil(this.ratePerMs * LONGEST_WAIT_MS));
  }
}
