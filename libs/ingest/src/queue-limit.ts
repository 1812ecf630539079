export interface QueueLimitOptions {
  /** So many may always wait. 128: what 100 connections that post one after the other have under way, and some. */
  readonly least: number;
  /** So many more at once, until they stay. 896: a thousand posts at once are no overload. */
  readonly burst: number;
  /** So many may always wait while a crowd stays. 32: with fewer at a commit, each takes a larger part of its time. */
  readonly leastOfCrowd: number;
}

/** What may wait is what is committed in this time: then nobody waits much longer. Two full commits on a usual disk. */
const LONGEST_WAIT_MS = 10;
/** The same while a crowd stays. Its pauses (a collection, a slow disk) meet those who wait, so that there are few. */
const LONGEST_WAIT_OF_CROWD_MS = 3;
/** After each such time it is asked whether the crowd has gone. */
const LOOK_EVERY_MS = 1_000;
/**
 * A crowd stays while more than this share of those who come are refused. Whoever comes again at once is held for a
 * while, so that it is a tenth of 500 clients that could send four times what is taken; a pause has some percent refused.
 */
const REFUSED_SHARE_OF_CROWD = 0.05;
/** Weight of the latest commit in the rate: a second of them, at one every few milliseconds. */
const SMOOTHING = 0.02;

/**
 * How many posts may wait for their commit before more are refused. By Little's law who is let in waits for as long as
 * it takes to commit what is ahead: a bound on the number, made from the rate that is measured, is a bound on time, and
 * unlike one on time it is known before the post is read. A burst is let in beyond it; once that is used up, fewer may
 * wait than before, until the crowd has gone. Pure: told what happened, asked what may.
 */
export class QueueLimit {
  private ratePerMs = 0;
  private burstLeft: number;
  private came = 0;
  private turnedAway = 0;
  private cameAtMs = -Infinity;
  private lookAtMs = -Infinity;

  constructor(private readonly options: QueueLimitOptions = { least: 128, burst: 896, leastOfCrowd: 32 }) {
    this.burstLeft = options.burst;
  }

  /** Whether one more is too many, while so many wait. */
  isReached(waiting: number): boolean {
    return this.burstLeft < 1 && waiting >= this.limitOfCrowd;
  }

  /** One was let in, behind so many, at this time of a monotonic clock. */
  entered(waiting: number, nowMs: number): void {
    this.comes(waiting, nowMs);
    if (waiting >= this.limit) this.burstLeft -= 1;
  }

  /** One was not. */
  refused(waiting: number, nowMs: number): void {
    this.comes(waiting, nowMs);
    this.turnedAway += 1;
  }

  /** A statement has committed so many in this time. */
  committed(count: number, tookMs: number): void {
    this.ratePerMs += SMOOTHING * (count / Math.max(tookMs, 0.1) - this.ratePerMs);
  }

  private comes(waiting: number, nowMs: number): void {
    // Not while the queue is long: so it is after each pause, which says nothing.
    if (nowMs >= this.lookAtMs && waiting < this.limit) this.lookForCrowd(nowMs);
    this.came += 1;
    this.cameAtMs = nowMs;
  }

  /** Another burst may come when the crowd has gone. */
  private lookForCrowd(nowMs: number): void {
    const nobodyCame = nowMs - this.cameAtMs >= LOOK_EVERY_MS;
    if (nobodyCame || this.turnedAway < this.came * REFUSED_SHARE_OF_CROWD) this.burstLeft = this.options.burst;
    this.came = 0;
    this.turnedAway = 0;
    this.lookAtMs = nowMs + LOOK_EVERY_MS;
  }

  private get limit(): number {
    return Math.max(this.options.least, Math.ceil(this.ratePerMs * LONGEST_WAIT_MS));
  }

  private get limitOfCrowd(): number {
    return Math.max(this.options.leastOfCrowd, Math.ceil(this.ratePerMs * LONGEST_WAIT_OF_CROWD_MS));
  }
}
