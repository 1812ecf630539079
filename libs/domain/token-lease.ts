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
  /** Requests that wait for tokens here, which sets this process's share; 0: the tokens are leased ahead. */
  readonly waiting: number;
  /** At least so long ago was the last token used, in milliseconds. */
  readonly usedAgoMs: number;
}

export interface LeaseAnswer {
  /** Of the wanted tokens. */
  readonly leased: number;
  /** Tokens left in the bucket, with a fraction. */
  readonly remaining: number;
  /** Tokens that other processes hold. */
  readonly others: number;
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
const MAX_PAUSE_MS = 10;
/** A bucket that fills up within milliseconds is asked more often: what it gets while it is full is lost. */
const MIN_PAUSE_MS = 4;
/** Statements while an empty bucket fills up. */
const STATEMENTS_A_FILL = 8;
const RETRY_MS = 1_000;
/** An age above it says nothing more: Postgres was told of every use within less. */
const MAX_AGE_MS = 60_000;

/** Requests that wait for tokens. */
interface Demand {
  /** Those that can be sent at once. */
  readonly usable: number;
  /** All. */
  readonly waiting: number;
}

const NO_DEMAND: Demand = { usable: 0, waiting: 0 };

/** A token that was reserved for one request. */
export interface Reservation {
  /** Of the lease, when the token was reserved. */
  readonly generation: number;
}

/**
 * The tokens of one bucket that this process has taken from Postgres and not used yet. Pure: callers pass the time.
 *
 *     bucket ──leased──▶ held ──reserve──▶ reserved ──spend──▶ used
 *        ▲                │ ▲                  │
 *        └────returned────┘ └────giveBack──────┘      use: held ──▶ used
 *
 * 1. Postgres counts at least `held + reserved` tokens as held by this process, from the statement that leased them until
 *    LEASE_MS after it was sent. So these and the tokens of the bucket are never more than the bucket holds when it is full.
 * 2. After a statement without an answer, (1) still holds: neither is raised, and Postgres counts the value before it or
 *    after it.
 * 3. A bucket without tokens is left alone until the next token is due.
 * 4. A reserved token that is no longer counted, or belongs to a former limit, cannot be spent: its generation is over.
 */
export class TokenLease {
  private held = 0;
  private reserved = 0;
  private generation = 0;
  private demand: Demand = NO_DEMAND;
  /** Held under a former limit. */
  private unwanted = 0;
  /** What Postgres counts as held, at most. */
  private registered = 0;
  private remaining = 0;
  /** When the last statement with an answer was sent. */
  private confirmedAt: Moment | undefined;
  private request: LeaseRequest = { held: 0, returned: 0, wanted: 0, waiting: 0, usedAgoMs: MAX_AGE_MS };
  private requestedAtMs = -Infinity;
  private dryUntilMs = -Infinity;
  /** Other processes held tokens, and may return them. */
  private othersHold = false;
  private nextRequestAtMs = -Infinity;
  private isRequested = false;
  /** The limit has changed since the last statement was sent. */
  private isOutdated = false;
  private isClosed = false;
  private windowStartedAtMs = -Infinity;
  private windowUses = 0;
  private formerUses = 0;
  private usedAtMs = -Infinity;
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
    this.unwanted += this.held + this.reserved;
    this.drop();
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
    this.usedAtMs = at.monotonicMs;
    this.note(count, at);
  }

  /** Reserves a held token for one request; undefined if there is none. What still waits says so afterwards (`want`). */
  reserve(at: Moment): Reservation | undefined {
    if (this.usable(at) === 0) return undefined;
    this.demand = NO_DEMAND;
    this.held -= 1;
    this.reserved += 1;
    return { generation: this.generation };
  }

  /** Uses a reserved token, right before its request is written. False if it may no longer be used. */
  spend({ generation }: Reservation, at: Moment): boolean {
    this.expire(at);
    if (generation !== this.generation) return false;
    this.reserved -= 1;
    this.usedAtMs = at.monotonicMs;
    this.note(1, at);
    return true;
  }

  /** The request of this token is not sent. */
  giveBack({ generation }: Reservation): void {
    if (generation !== this.generation) return;
    this.reserved -= 1;
    this.held += 1;
  }

  /** Requests wait for tokens, until the next answer or reservation. @param usable those of them that can be sent at once */
  want(usable: number, waiting: number): void {
    this.demand = { usable, waiting };
  }

  /** Whether requests wait for tokens. */
  get isWanting(): boolean {
    return this.demand.waiting > 0;
  }

  /** Time until a statement may bring tokens for what waits, in milliseconds. Infinity while one is under way. */
  askInMs({ monotonicMs }: Moment): number {
    if (this.isRequested) return Infinity;
    const returnedAtMs = this.othersHold ? this.requestedAtMs + SETTLE_MS : Infinity;
    return Math.max(0, Math.min(this.dryUntilMs, returnedAtMs) - monotonicMs, this.nextRequestAtMs - monotonicMs);
  }

  /**
   * Time until a use should be reported, in milliseconds: an empty bucket is refilled for other processes only from then on.
   * Infinity if the bucket was not empty, or while a statement is under way.
   */
  reportInMs({ monotonicMs }: Moment): number {
    const dryMs = this.dryUntilMs - monotonicMs;
    if (this.isRequested || dryMs <= 0) return Infinity;
    const unreported = this.registered - this.held - this.reserved;
    // The statement that asks for the next token comes too late, or others would get half of the bucket at most.
    return dryMs > this.pauseMs || unreported * 2 > this.capacity ? 0 : dryMs;
  }

  /** A statement will settle this lease. False if one does already. */
  beginRequest(): boolean {
    if (this.isRequested) return false;
    this.isRequested = true;
    return true;
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
    if (this.isRequested || at.monotonicMs < this.nextRequestAtMs || this.held * 2 >= this.ahead(at)) return false;
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
    this.request = {
      held: this.held + this.reserved, returned: excess + this.unwanted, wanted: Math.max(target - this.held, 0), waiting: this.demand.waiting,
      usedAgoMs: Math.min(at.monotonicMs - this.usedAtMs, MAX_AGE_MS),
    };
    this.unwanted = 0;
    this.isOutdated = false;
    this.requestedAtMs = at.monotonicMs;
    return this.request;
  }

  /** @param sentAt when the statement was sent, which is before Postgres leased the tokens */
  answered({ leased, remaining, others }: LeaseAnswer, sentAt: Moment, at: Moment): void {
    const { held, wanted } = this.request;
    this.registered = held + leased;
    this.conclude();
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
    this.othersHold = others > 0;
    if (remaining < 1) this.dryUntilMs = at.monotonicMs + Math.max(((1 - remaining) * 1_000) / this.currentLimit.perSecond, this.pauseMs);
    if (leased < wanted) this.nextRequestAtMs = at.monotonicMs + this.pauseMs;
  }

  /** The bucket did not exist, so Postgres counts nothing as held, and nothing may be used. */
  lost(): void {
    this.drop();
    this.unwanted = this.registered = this.remaining = 0;
    this.conclude();
  }

  /** The statement failed, and may have been committed. */
  unanswered(at: Moment): void {
    this.registered = Infinity;
    this.unsent(at);
  }

  /** No statement was sent, because an earlier one failed. */
  unsent({ monotonicMs }: Moment): void {
    this.conclude();
    this.nextRequestAtMs = monotonicMs + RETRY_MS;
  }

  private conclude(): void {
    this.isRequested = false;
    this.demand = NO_DEMAND;
  }

  private expire(at: Moment): void {
    if (this.confirmedAt === undefined || elapsedMs(this.confirmedAt, at) >= LEASE_MS) this.drop();
  }

  private drop(): void {
    this.held = 0;
    if (this.reserved === 0) return;
    this.reserved = 0;
    this.generation += 1;
  }

  private get pauseMs(): number {
    const fillMs = (this.capacity * 1_000) / this.currentLimit.perSecond;
    return Math.min(Math.max(fillMs / STATEMENTS_A_FILL, MIN_PAUSE_MS), MAX_PAUSE_MS);
  }

  /** How many tokens to hold. */
  private target(at: Moment): number {
    if (this.isClosed) return 0;
    return this.isWanting ? this.demand.usable : this.ahead(at);
  }

  /** How many tokens to hold for requests to come. */
  private ahead({ monotonicMs }: Moment): number {
    if (this.isClosed) return 0;
    const ageMs = monotonicMs - this.windowStartedAtMs;
    const uses = ageMs < WINDOW_MS ? Math.max(this.windowUses, this.formerUses) : ageMs < 2 * WINDOW_MS ? this.windowUses : 0;
    return uses < MIN_HELD ? 0 : Math.min(uses, Math.floor(this.capacity * MAX_SHARE));
  }
}
