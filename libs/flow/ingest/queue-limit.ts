export interface QueueLimitOptions {
  /** So many may always wait. 128: what 100 connections that post one after the other have under way, and some. */
  readonly least: number;
  /** So many more in a second, since a thousand posts at once are no overload. 896. */
  readonly burst: number;
  /** So many may always wait in a crowd. 32: with fewer at a commit, each takes a larger part of its time. */
  readonly leastInCrowd: number;
}

/** What may wait is what is committed in this time: then nobody waits much longer. Two full commits on a usual disk. */
const LONGEST_WAIT_MS = 10;
/** The same in a crowd. Whoever waits meets each pause (a collection, a slow disk), so they are few. */
const LONGEST_WAIT_IN_CROWD_MS = 3;
/** How long a burst lasts, how long a trial does, and how long nobody comes before all is as at the beginning. */
const SECOND_MS = 1_000;
/** A crowd is asked after so long whether it has gone, and each time that it hasn't, after twice as long. */
const FIRST_TRIAL_AFTER_MS = 1_000;
const LAST_TRIAL_AFTER_MS = 16_000;
/** More than this share of a second's posts refused: the crowd is still there. */
const REFUSED_SHARE_IN_TRIAL = 0.05;
/** Weight of the latest commit in the rate: a second of them, at one every few milliseconds. */
const SMOOTHING = 0.02;

/**
 * How many posts may wait for their commit before more are refused. By Little's law who is let in waits for as long as
 * it takes to commit what is ahead: a bound on the number, made from the rate that is measured, is a bound on time, and
 * unlike one on time it is known before the post is read.
 *
 *     open ──burst used up──▶ crowd ──its time is over──▶ trial ──few are refused──▶ open
 *                               ▲                           │
 *                               └─────many are refused──────┘
 *
 * Open: a burst is let in beyond the limit. In a crowd fewer may wait, which keeps the waits short and costs throughput:
 * whether it has gone can't be told from how many are refused then, but from how many would be with the usual limit,
 * which is what a trial is. Pure: told what happened, asked what may.
 */
export class QueueLimit {
  private mode: 'open' | 'crowd' | 'trial' = 'open';
  private ratePerMs = 0;
  private burstLeft: number;
  private trialAfterMs = FIRST_TRIAL_AFTER_MS;
  /** Of this crowd, or of this trial. */
  private sinceMs = 0;
  private untilMs = -Infinity;
  private cameAtMs = -Infinity;
  private came = 0;
  private toleratedInTrial = 0;

  constructor(private readonly options: QueueLimitOptions = { least: 128, burst: 896, leastInCrowd: 32 }) {
    this.burstLeft = options.burst;
  }

  /** So many may wait now, a burst aside. */
  get limit(): number {
    return this.mode === 'crowd' ? this.limitOf(this.options.leastInCrowd, LONGEST_WAIT_IN_CROWD_MS) : this.usualLimit;
  }

  /** Whether one more is too many, while so many wait. */
  isReached(waiting: number): boolean {
    return waiting >= this.limit && (this.mode !== 'open' || this.burstLeft < 1);
  }

  /** One was let in, behind so many, at this time of a monotonic clock. */
  entered(waiting: number, nowMs: number): void {
    this.comes(waiting, nowMs);
    if (this.mode !== 'open' || waiting < this.usualLimit) return;
    this.burstLeft -= 1;
    if (this.burstLeft < 1) this.turn('crowd', nowMs, this.trialAfterMs);
  }

  /** One was not. */
  refused(waiting: number, nowMs: number): void {
    this.comes(waiting, nowMs);
    if (this.mode !== 'trial') return;
    this.toleratedInTrial -= 1;
    if (this.toleratedInTrial >= 0) return;
    this.trialAfterMs = Math.min(2 * this.trialAfterMs, LAST_TRIAL_AFTER_MS);
    this.turn('crowd', nowMs, this.trialAfterMs);
  }

  /** A statement has committed so many in this time. */
  committed(count: number, tookMs: number): void {
    this.ratePerMs += SMOOTHING * (count / Math.max(tookMs, 0.1) - this.ratePerMs);
  }

  private comes(waiting: number, nowMs: number): void {
    const nobodyCame = nowMs - this.cameAtMs >= SECOND_MS;
    // No burst on top of a queue that is long already.
    if ((nobodyCame || nowMs >= this.untilMs) && waiting < this.usualLimit) {
      if (this.mode === 'crowd' && !nobodyCame) this.tryOut(nowMs);
      else this.open(nowMs);
    }
    this.came += 1;
    this.cameAtMs = nowMs;
  }

  private tryOut(nowMs: number): void {
    const cameInSecond = (this.came * SECOND_MS) / (nowMs - this.sinceMs);
    this.toleratedInTrial = cameInSecond * REFUSED_SHARE_IN_TRIAL;
    this.turn('trial', nowMs, SECOND_MS);
  }

  private open(nowMs: number): void {
    this.burstLeft = this.options.burst;
    this.trialAfterMs = FIRST_TRIAL_AFTER_MS;
    this.turn('open', nowMs, SECOND_MS);
  }

  private turn(mode: 'open' | 'crowd' | 'trial', nowMs: number, forMs: number): void {
    this.mode = mode;
    this.came = 0;
    this.sinceMs = nowMs;
    this.untilMs = nowMs + forMs;
  }

  private get usualLimit(): number {
    return this.limitOf(this.options.least, LONGEST_WAIT_MS);
  }

  private limitOf(least: number, longestWaitMs: number): number {
    return Math.max(least, Math.ceil(this.ratePerMs * longestWaitMs));
  }
}
