import { elapsedMs, type Moment } from './clock.js';

/** How often something may happen: `perSecond` in the long run, `burst` at once. Who names the same bucket shares it. */
export interface RateLimit {
  readonly bucket: string;
  readonly perSecond: number;
  readonly burst: number;
}

/** What a process tells Postgres about its tokens of one bucket, and asks for. */
export interface LeaseRequest {
  /** Tokens that it keeps, at most: it may use them at any time. */
  readonly held: number;
  /** Tokens that it will not use. */
  readonly returned: number;
  /** Tokens that it would like to hold in addition. */
  readonly wanted: number;
}

export interface LeaseAnswer {
  /** Of the wanted tokens. */
  readonly leased: number;
  /** Tokens left in the bucket, with a fraction. */
  readonly remaining: number;
}

/** Tokens are unusable so long after the last statement that confirmed them. Postgres counts them twice as long. */
export const LEASE_MS = 1_000;
/** Postgres learns so long after the last statement what is still held. */
const SETTLE_MS = 500;
/** A process holds what it uses in this time. */
const WINDOW_MS = 100;
/** Two uses in a window: slower ones can wait for a statement each. */
const MIN_HELD = 2;
/** No process holds more than this share of a bucket, and all together not more than half of it (`lease-tokens.sql`). */
const MAX_SHARE = 1 / 4;
/** After a statement with too few tokens the next one comes no earlier, however fast the bucket is refilled. */
const MIN_PAUSE_MS = 10;
const RETRY_MS = 1_000;

/**
 * The tokens of one bucket that this process has taken from Postgres and not used yet. Pure: callers pass the time.
 *
 * 1. Postgres counts at least `held` tokens as held by this process, from the statement that leased them until LEASE_MS
 *    after it was sent. So held tokens and those of the bucket are never more than the bucket holds when it is full.
 * 2. After a statement without an answer, (1) still holds: `held` is not raised, and Postgres counts the value before it or
 *    after it.
 * 3. A bucket without tokens is left alone until the next token is due.
 */
export class TokenLease {
  private held = 0;
  /** Held under a former limit. */
  private unwanted = 0;
  /** What Postgres counts as held, at most. */
  private registered = 0;
  private remaining = 0;
  /** When the last statement with an answer was sent. */
  private confirmedAt: Moment | undefined;
  private request: LeaseRequest = { held: 0, returned: 0, wanted: 0 };
  private requestedAtMs = -Infinity;
  private dryUntilMs = -Infinity;
  private nextRequestAtMs = -Infinity;
  private isRequested = false;
  /** The limit has changed since the last statement was sent. */
  private isOutdated = false;
  private isClosed = false;
  private windowStartedAtMs = -Infinity;
  private windowUses = 0;
  private formerUses = 0;
  private touchedAtMs = -Infinity;

  /** @param minBurstMs the bucket holds at least what its rate gives in this time, and at least one token */
  constructor(
    private currentLimit: RateLimit,
    private readonly minBurstMs: number,
  ) {}

  get limit(): RateLimit {
    return this.currentLimit;
  }

  /** Tokens in a full bucket. */
  get capacity(): number {
    const { burst, perSecond } = this.currentLimit;
    return Math.max(burst, (perSecond * this.minBurstMs) / 1_000, 1);
  }

  /** Applies another limit. Tokens that were leased under the former one are not used any more. */
  change(limit: RateLimit): void {
    if (limit.perSecond === this.currentLimit.perSecond && limit.burst === this.currentLimit.burst) return;
    this.currentLimit = limit;
    this.unwanted += this.held;
    this.held = 0;
    this.isOutdated = true;
    this.remaining = 0;
    this.dryUntilMs = -Infinity;
    this.nextRequestAtMs = -Infinity;
  }

  /** Leases nothing more: the next statement returns everything. */
  close(): void {
    this.isClosed = true;
  }

  /** Tokens that may be used now without a statement. */
  usable(at: Moment): number {
    this.touchedAtMs = at.monotonicMs;
    if (this.held > 0) this.expire(at);
    return this.held;
  }

  /** Uses held tokens, at most `usable`. */
  use(count: number, at: Moment): void {
    this.held -= count;
    this.note(count, at);
  }

  /** Notes that tokens were used which a statement took at once. */
  note(count: number, { monotonicMs }: Moment): void {
    const ageMs = monotonicMs - this.windowStartedAtMs;
    if (ageMs >= WINDOW_MS) {
      this.formerUses = ageMs < 2 * WINDOW_MS ? this.windowUses : 0;
      this.windowUses = 0;
      this.windowStartedAtMs = monotonicMs;
    }
    this.windowUses += count;
  }

  /** Whether the bucket has no token, as far as this process knows. */
  isDry({ monotonicMs }: Moment): boolean {
    return monotonicMs < this.dryUntilMs;
  }

  /** Time until another token comes, in milliseconds. */
  waitMs({ monotonicMs }: Moment): number {
    return monotonicMs < this.dryUntilMs ? this.dryUntilMs - monotonicMs : 1_000 / this.currentLimit.perSecond;
  }

  /** Tokens that this process knows of, held ones included. */
  get known(): number {
    return this.held + Math.floor(this.remaining);
  }

  /** Whether to lease ahead now. True only once until the next answer. */
  runsLow(at: Moment): boolean {
    if (this.isRequested || at.monotonicMs < this.nextRequestAtMs || this.held * 2 >= this.target(at)) return false;
    this.isRequested = true;
    return true;
  }

  /** Whether Postgres counts tokens as held. */
  get isHolding(): boolean {
    return this.registered > 0;
  }

  /** Whether Postgres counts tokens as held, and has not heard of them for a while. */
  isUnsettled({ monotonicMs }: Moment): boolean {
    return this.isHolding && monotonicMs - this.requestedAtMs >= SETTLE_MS;
  }

  /** Whether nothing was asked for within this time, and nothing is held. */
  isIdleFor(durationMs: number, { monotonicMs }: Moment): boolean {
    return !this.isHolding && monotonicMs - this.touchedAtMs >= durationMs;
  }

  /** What the next statement says. It is followed by `answered`, `unanswered` or `lost`. */
  settle(at: Moment): LeaseRequest {
    this.expire(at);
    const target = this.target(at);
    const excess = Math.max(this.held - target, 0);
    this.held -= excess;
    this.request = { held: this.held, returned: excess + this.unwanted, wanted: Math.max(target - this.held, 0) };
    this.unwanted = 0;
    this.isOutdated = false;
    this.requestedAtMs = at.monotonicMs;
    return this.request;
  }

  /** @param sentAt when the statement was sent, which is before Postgres leased the tokens */
  answered({ leased, remaining }: LeaseAnswer, sentAt: Moment, at: Moment): void {
    const { held, wanted } = this.request;
    this.registered = held + leased;
    this.isRequested = false;
    if (this.isOutdated) {
      this.unwanted += leased;
      return;
    }
    // Those that expired during the statement stay so.
    this.expire(at);
    this.held += leased;
    this.confirmedAt = sentAt;
    this.expire(at);
    this.remaining = remaining;
    if (remaining < 1) this.dryUntilMs = at.monotonicMs + Math.max(((1 - remaining) * 1_000) / this.currentLimit.perSecond, MIN_PAUSE_MS);
    if (leased < wanted) this.nextRequestAtMs = at.monotonicMs + MIN_PAUSE_MS;
  }

  /** The bucket did not exist, so Postgres counts nothing as held, and nothing may be used. */
  lost(): void {
    this.held = this.unwanted = this.registered = this.remaining = 0;
    this.isRequested = false;
  }

  /** The statement failed, and may have been committed. */
  unanswered({ monotonicMs }: Moment): void {
    this.registered = Infinity;
    this.isRequested = false;
    this.nextRequestAtMs = monotonicMs + RETRY_MS;
  }

  private expire(at: Moment): void {
    if (this.confirmedAt === undefined || elapsedMs(this.confirmedAt, at) >= LEASE_MS) this.held = 0;
  }

  /** How many tokens to hold. */
  private target({ monotonicMs }: Moment): number {
    if (this.isClosed) return 0;
    const ageMs = monotonicMs - this.windowStartedAtMs;
    const uses = ageMs < WINDOW_MS ? Math.max(this.windowUses, this.formerUses) : ageMs < 2 * WINDOW_MS ? this.windowUses : 0;
    return uses < MIN_HELD ? 0 : Math.min(uses, Math.floor(this.capacity * MAX_SHARE));
  }
}
