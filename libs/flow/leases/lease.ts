import { elapsedMs, now, type Moment } from '#domain/clock';

/** How long before the lease's end its owner stops sending, so that a request it just sent can end before another owner starts. */
const SAFETY_MARGIN_MS = 2_000;

/**
 * A shard's lease as its owner sees it. The owner may send only before its own deadline, which counts from before
 * the renewal was sent and so is never later than the database's.
 */
export class Lease {
  private confirmedAt: Moment;
  private readonly usableMs: number;

  constructor(
    readonly shard: number,
    readonly epoch: number,
    ttlMs: number,
    claimedAt: Moment,
  ) {
    this.confirmedAt = claimedAt;
    this.usableMs = ttlMs - Math.min(SAFETY_MARGIN_MS, ttlMs / 2);
  }

  /** The renewal that was sent at this moment was committed. */
  renewed(sentAt: Moment): void {
    this.confirmedAt = sentAt;
  }

  /** Milliseconds in which the owner may still send; negative when the deadline has passed. */
  remainingMs(at: Moment = now()): number {
    return this.usableMs - elapsedMs(this.confirmedAt, at);
  }
}
