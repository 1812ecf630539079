/**
 * The circuit breaker of an endpoint: how many requests the endpoint gets, after what became of earlier ones. This is the
 * state machine alone; it does no I/O and reads no clock. One row in Postgres has the state for all dispatchers. Each
 * dispatcher has an `EndpointBreaker`, which counts what ended here, learns the row, and proposes changes of it.
 *
 *     closed ──enough of what ended lately failed──▶ open ──a probe is due: one dispatcher claims it──▶ half-open
 *       ▲                                             ▲                                                  │  │
 *       │                                             └───────the probe failed, or was not needed────────┘  │
 *       └───────────────────────────the receiver answered the probe: slow start─────────────────────────────┘
 *
 * Invariants:
 * 1. A change names the version that it was decided on, and applies to no other. So of two dispatchers that decide at the
 *    same time, one succeeds.
 * 2. Nothing is sent while the breaker is open. While it is half-open, the dispatcher that claimed the probe sends one
 *    request at a time, and starts none that may outlast its claim.
 * 3. A claim ends by itself, and when its dispatcher owns no shard any more. One that dies with it holds nothing up for longer.
 * 4. What was sent under an earlier version neither opens nor closes the breaker.
 */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** What an attempt says about its endpoint; see `signOf`. */
export type EndpointSign = 'delivered' | 'rejected' | 'failed';

/** How an attempt ended. */
export interface AttemptEnd {
  readonly sign: EndpointSign;
  /** For how long the receiver asks not to be tried again; 0: it does not ask. */
  readonly retryAfterMs: number;
}

/** The breaker as Postgres has it for all dispatchers. Moments are by this process's monotonic clock, in milliseconds. */
export interface SharedBreaker {
  readonly version: number;
  readonly state: BreakerState;
  /** Openings in a row, failed probes included. */
  readonly openings: number;
  /** When it opened, or closed again. */
  readonly sinceMs: number;
  /** Open: when a probe may be sent. Half-open: when the claim ends. */
  readonly probeAtMs: number;
  /** Half-open: this process has claimed the probe. */
  readonly isProber: boolean;
  /** Half-open: when the probe was claimed. */
  readonly claimedAtMs: number;
  /** Attempts that ended lately under this version, at all dispatchers; of them those that failed. */
  readonly ended: number;
  readonly failed: number;
  /** When these failures began. */
  readonly failingSinceMs: number;
  /** When the receiver asked to be tried again. */
  readonly retryAtMs: number;
  /** The last attempt did not deliver. */
  readonly isUndelivered: boolean;
}

/** What ended at one dispatcher since its last report. */
export interface BreakerCounts {
  readonly version: number;
  /** Under this version. */
  readonly ended: number;
  readonly failed: number;
  /** Something was delivered, under any version. */
  readonly delivered: boolean;
  /** The last attempt did not deliver. */
  readonly endsUndelivered: boolean;
  /** The newest that a receiver asked for; 0: none. */
  readonly retryAfterMs: number;
}

/** A proposal to change the breaker that has this version. */
export interface BreakerChange {
  readonly version: number;
  readonly state: BreakerState;
  readonly openings: number;
  /** Open: until the next probe is due. */
  readonly waitMs: number;
}

/** The settings of the endpoint that matter here. */
export interface BreakerTarget {
  readonly maxConcurrency: number;
  readonly timeoutMs: number;
}

/** Fewer failures say little, such as those of one lane. */
const MIN_FAILURES = 20;
/**
 * Of what ended lately. An open breaker holds all entities back, so what fails for some of them must not open it. Half would:
 * where half of all first tries failed, and 36 % of all attempts, 55 % of the first 124 attempts had failed, because a lane
 * stops at its first failure.
 */
const MIN_FAILED_SHARE = 0.8;
/** Every dispatcher has reported by then what else ended. Shorter outages do not open the breaker. */
const MIN_FAILING_MS = 1_000;
const FIRST_WAIT_MS = 1_000;
/** With the jitter, a dead endpoint costs one request a minute. */
const MAX_WAIT_MS = 50_000;
/** Endpoints that failed together must not be probed together. */
const JITTER = 0.2;
/** A breaker that was closed for longer begins with the first wait again. */
const FORGET_MS = 60_000;
/** An attempt may take its endpoint's timeout twice: to get a connection, and for the exchange. */
const TIMEOUTS = 2;
/** A claim that is older may be one of a dispatcher that died: Postgres knows. */
const DOUBT_MS = 5_000;

/** So many failures in a row mean that the endpoint fails, not single events. */
const FAILURES_IN_A_ROW = 10;
/** A failing endpoint still gets so many requests at once until its breaker opens. */
const MIN_LIMIT = 4;
/** After the breaker has closed, at each dispatcher. */
const FIRST_LIMIT = 1;

/** The breaker of an endpoint without a row in Postgres. */
export const NEVER_FAILED: SharedBreaker = {
  version: 0, state: 'closed', openings: 0, sinceMs: -Infinity, probeAtMs: Infinity, isProber: false, claimedAtMs: Infinity, ended: 0, failed: 0,
  failingSinceMs: Infinity, retryAtMs: -Infinity, isUndelivered: false,
};

type Counts = { -readonly [Member in keyof BreakerCounts]: BreakerCounts[Member] };

/**
 * One dispatcher's part of an endpoint's breaker.
 *
 * While the breaker is closed, it bounds the requests at once. The bound is halved for every ten failures in a row. Each
 * answer then adds one, which doubles the bound every round trip (slow start, RFC 5681, 3.1). After the breaker was open,
 * slow start begins at one. So an endpoint that recovers while thousands of lanes wait is not overwhelmed.
 *
 * An event that the receiver rejects (`rejected`) counts as an answer: the receiver is alive, and fewer requests would only
 * delay what it takes.
 */
export class EndpointBreaker {
  private shared = NEVER_FAILED;
  /** Undefined: nothing has ended since the last report. */
  private counts: Counts | undefined;
  private hasUndelivered = false;
  /** Of the probe that this process has claimed. */
  private probe: 'unsent' | 'sent' | AttemptEnd = 'unsent';
  private failuresInARow = 0;
  /** Undefined while only the endpoint's own limit applies. */
  private bound: number | undefined;

  get state(): BreakerState {
    return this.shared.state;
  }

  /** Whether the other dispatchers need to know what ends here. */
  get isWatched(): boolean {
    const { state, failed, isUndelivered } = this.shared;
    return state !== 'closed' || failed > 0 || isUndelivered;
  }

  /** Whether one more request may be sent while so many are under way. */
  allows(sending: number, target: BreakerTarget, nowMs: number): boolean {
    return this.room(sending, target, nowMs) > 0;
  }

  /** How many more requests may be sent while so many are under way. */
  room(sending: number, target: BreakerTarget, nowMs: number): number {
    if (this.shared.state === 'closed') return Math.max(0, this.limit(target.maxConcurrency) - sending);
    return this.shared.isProber && this.probe === 'unsent' && this.outlasts(target, nowMs) ? 1 : 0;
  }

  /** A request is about to be sent. @returns its permit, for `holds` and `end` */
  begin(): number {
    if (this.shared.isProber) this.probe = 'sent';
    return this.shared.version;
  }

  /** Whether the request with this permit may still be sent. */
  holds(permit: number, target: BreakerTarget, nowMs: number): boolean {
    if (permit !== this.shared.version) return false;
    return this.shared.state === 'closed' || this.outlasts(target, nowMs);
  }

  /**
   * The request with this permit has ended.
   * @param end undefined if it was aborted or not sent, which says nothing about the endpoint
   * @returns whether a probe was answered or failed: a change is to be made
   */
  end(permit: number, end: AttemptEnd | undefined, most: number): boolean {
    const isCurrent = permit === this.shared.version;
    const isProbe = isCurrent && this.shared.isProber;
    if (end === undefined) {
      if (isProbe) this.probe = 'unsent';
      return false;
    }
    this.count(end, isCurrent);
    if (isProbe) this.probe = end;
    else if (isCurrent) this.adjust(end.sign, most);
    return isProbe;
  }

  /** Returns what is to be reported of what ended since the last call. Undefined if nothing is. */
  takeCounts(): BreakerCounts | undefined {
    const counts = this.hasUndelivered || this.isWatched ? this.counts : undefined;
    this.counts = undefined;
    this.hasUndelivered = false;
    return counts;
  }

  /**
   * A report may be lost. Its counts must not be sent twice, but whether something was delivered may: later counts that say
   * otherwise hold.
   */
  keepDelivered({ delivered, endsUndelivered }: BreakerCounts): void {
    if (this.counts === undefined) this.counts = { version: this.shared.version, ended: 0, failed: 0, delivered, endsUndelivered, retryAfterMs: 0 };
    else this.counts.delivered ||= delivered;
    this.hasUndelivered ||= endsUndelivered;
  }

  /** Postgres has the breaker like this. @returns whether its version differs from what was known */
  learn(shared: SharedBreaker): boolean {
    const isNew = shared.version !== this.shared.version;
    this.shared = shared;
    if (!isNew) return false;
    this.probe = 'unsent';
    if (this.counts !== undefined) Object.assign(this.counts, { version: shared.version, ended: 0, failed: 0, retryAfterMs: 0 });
    this.failuresInARow = 0;
    this.bound = FIRST_LIMIT;
    return true;
  }

  /** When a probe becomes due; Infinity if the breaker is not open. */
  get probeDueAtMs(): number {
    return this.shared.state === 'open' ? this.shared.probeAtMs : Infinity;
  }

  /**
   * The change that the breaker needs now.
   * @param hasReady whether this process has something to send to the endpoint
   * @param random in [0, 1)
   */
  next(nowMs: number, hasReady: () => boolean, random: number): BreakerChange | undefined {
    const { version, state, openings, probeAtMs, isProber, claimedAtMs } = this.shared;
    const { probe } = this;
    if (state === 'closed') return this.opening(nowMs, random);
    if (isProber && typeof probe === 'object') {
      if (probe.sign !== 'failed') return { version, state: 'closed', openings, waitMs: 0 };
      return { version, state: 'open', openings: openings + 1, waitMs: Math.max(waitMsOf(openings + 1, random), probe.retryAfterMs) };
    }
    const isDoubtful = !isProber && nowMs - claimedAtMs >= DOUBT_MS;
    if (nowMs >= probeAtMs || isDoubtful) return hasReady() ? { version, state: 'half-open', openings, waitMs: 0 } : undefined;
    if (isProber && probe === 'unsent' && !hasReady()) return { version, state: 'open', openings, waitMs: 0 };
    return undefined;
  }

  private opening(nowMs: number, random: number): BreakerChange | undefined {
    const { version, openings, sinceMs, ended, failed, failingSinceMs, retryAtMs } = this.shared;
    if (failed < MIN_FAILURES || failed < ended * MIN_FAILED_SHARE || nowMs - failingSinceMs < MIN_FAILING_MS) return undefined;
    const inARow = nowMs - sinceMs > FORGET_MS ? 1 : openings + 1;
    return { version, state: 'open', openings: inARow, waitMs: Math.max(waitMsOf(inARow, random), retryAtMs - nowMs) };
  }

  /** Whether the claim lasts for a request that is sent now. */
  private outlasts({ timeoutMs }: BreakerTarget, nowMs: number): boolean {
    return nowMs + TIMEOUTS * timeoutMs <= this.shared.probeAtMs;
  }

  private count({ sign, retryAfterMs }: AttemptEnd, isCurrent: boolean): void {
    const counts = (this.counts ??= { version: this.shared.version, ended: 0, failed: 0, delivered: false, endsUndelivered: false, retryAfterMs: 0 });
    counts.endsUndelivered = sign !== 'delivered';
    if (counts.endsUndelivered) this.hasUndelivered = true;
    else counts.delivered = true;
    if (!isCurrent) return;
    counts.ended += 1;
    if (sign === 'failed') counts.failed += 1;
    if (retryAfterMs > 0) counts.retryAfterMs = retryAfterMs;
  }

  private limit(most: number): number {
    return this.bound === undefined ? most : Math.min(this.bound, most);
  }

  private adjust(sign: EndpointSign, most: number): void {
    if (sign === 'failed') {
      this.failuresInARow += 1;
      if (this.failuresInARow < FAILURES_IN_A_ROW) return;
      this.failuresInARow = 0;
      const limit = this.limit(most);
      this.bound = Math.min(limit, Math.max(MIN_LIMIT, Math.floor(limit / 2)));
      return;
    }
    this.failuresInARow = 0;
    if (this.bound === undefined) return;
    this.bound += 1;
    if (this.bound >= most) this.bound = undefined;
  }
}

/** 1 s, 2 s, 4 s … up to a minute, with the jitter. */
function waitMsOf(openings: number, random: number): number {
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (openings - 1)) * (1 + JITTER * random);
}
