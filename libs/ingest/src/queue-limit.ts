export interface QueueLimitOptions {
  /** So many may always wait. 256: what 200 connections that post one after the other have under way, and some. */
  readonly least: number;
  /** So many more at once, when there was no such crowd lately. 768: a thousand posts at once are no overload. */
  readonly burst: number;
}

/** What may wait is what is committed in this time: then nobody waits much longer. Ten commits on a usual disk. */
const LONGEST_WAIT_MS = 50;
/** The share of what is accepted that may wait longer, as part of a burst: so that the 99th percentile is not touched. */
const BURST_SHARE = 0.01;
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

  constructor(private readonly options: QueueLimitOptions = { least: 256, burst: 768 }) {
    this.burstLeft = options.burst;
  }

  /** Whether one more is too many, while so many wait. */
  isReached(waiting: number): boolean {
    return waiting >= this.limit && this.burstLeft < 1;
  }

  /** One was let in, behind so many. */
  entered(waiting: number): void {
    if (waiting >= this.limit) this.burstLeft -= 1;
    else this.burstLeft = Math.min(this.burstLeft + BURST_SHARE, this.options.burst);
  }

  /** A statement has committed so many in this time. */
  committed(count: number, tookMs: number): void {
    this.ratePerMs += SMOOTHING * (count / Math.max(tookMs, 0.1) - this.ratePerMs);
  }

  private get limit(): number {
    return Math.max(this.options.least, Math.ceil(this.ratePerMs * LONGEST_WAIT_MS));
  }
}
