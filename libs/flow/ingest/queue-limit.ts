export interface QueueLimitOptions {
  /** Requests that may always wait. 128: somewhat more than 100 connections that each post one event after another. */
  readonly minRequests: number;
  /** Requests per second above the limit before that counts as overload. 896: a thousand posts at once are no overload. */
  readonly burst: number;
  /** Requests that may always wait during overload. 32: a smaller commit spends a larger share of its time on itself. */
  readonly minRequestsOverloaded: number;
  /** Bytes of the waiting events. 64 MiB: a waiting request keeps its body in memory. */
  readonly maxBytes: number;
}

const DEFAULTS: QueueLimitOptions = { minRequests: 128, burst: 896, minRequestsOverloaded: 32, maxBytes: 67_108_864 };

/** As many requests may wait as are committed in this time, so none waits much longer: two full commits on a usual disk. */
const MAX_WAIT_MS = 10;
/** The same during overload. Every pause (garbage collection, a slow disk) then delays fewer requests. */
const MAX_WAIT_OVERLOADED_MS = 3;
/** Length of a burst and of a probe; and time without any request after which overload is over. */
const SECOND_MS = 1_000;
/** First probe after 1 s of overload; each failed probe doubles the interval, up to 16 s. */
const MIN_PROBE_INTERVAL_MS = 1_000;
const MAX_PROBE_INTERVAL_MS = 16_000;
/** A probe that sheds more than this share of a second's requests fails. */
const SHED_SHARE_IN_PROBE = 0.05;
/** Weight of the latest commit in the rate. At one commit every few milliseconds the rate covers about a second. */
const SMOOTHING = 0.02;

type State =
  | { readonly name: 'normal'; readonly endsAtMs: number; burstLeft: number }
  | { readonly name: 'overloaded'; readonly endsAtMs: number; readonly sinceMs: number; arrivals: number }
  | { readonly name: 'probing'; readonly endsAtMs: number; shedsLeft: number };

/**
 * Decides how many requests may wait for their commit; more are shed. By Little's law, a request waits as long as the
 * requests ahead of it take to commit. A limit on their number, computed from the measured rate, is therefore a limit on
 * time, and is known before the request is read.
 *
 *     normal ──burst used up──▶ overloaded ──interval over──▶ probing ──few shed──▶ normal
 *                                   ▲                            │
 *                                   └─────────many shed──────────┘
 *
 * - `normal`: a burst above the limit is accepted. It is renewed every second.
 * - `overloaded`: the limit is lower, which keeps waits short but costs throughput. The number of requests shed here
 *   does not show whether the overload is over.
 * - `probing`: the normal limit without a burst, for a second. The number of requests shed here does show it.
 *
 * Every state ends at the first request after its time at which the queue is below the normal limit. A second without
 * any request leads from every state to `normal`. Pure: the caller passes the time of a monotonic clock.
 */
export class QueueLimit {
  private state: State;
  private probeIntervalMs = MIN_PROBE_INTERVAL_MS;
  private commitsPerMs = 0;
  private lastArrivalAtMs = -Infinity;

  constructor(private readonly options: QueueLimitOptions = DEFAULTS) {
    this.state = { name: 'normal', endsAtMs: -Infinity, burstLeft: options.burst };
  }

  /** Requests that may wait now, burst excluded. */
  get maxRequests(): number {
    return this.state.name === 'overloaded' ? this.limitOf(this.options.minRequestsOverloaded, MAX_WAIT_OVERLOADED_MS) : this.normalLimit;
  }

  /** Whether a further request would be too many, with this many requests and bytes waiting. */
  isFull(waiting: number, waitingBytes: number): boolean {
    if (this.isOutOfMemory(waitingBytes)) return true;
    return waiting >= this.maxRequests && (this.state.name !== 'normal' || this.state.burstLeft < 1);
  }

  /** Whether this many waiting bytes are as many as allowed. */
  isOutOfMemory(waitingBytes: number): boolean {
    return waitingBytes >= this.options.maxBytes;
  }

  /** A request was accepted behind `waiting` others. */
  onAccepted(waiting: number, nowMs: number): void {
    this.onArrival(waiting, nowMs);
    if (this.state.name !== 'normal' || waiting < this.normalLimit) return;
    this.state.burstLeft -= 1;
    if (this.state.burstLeft < 1) this.overload(nowMs);
  }

  /** A request was shed. */
  onShed(waiting: number, nowMs: number): void {
    this.onArrival(waiting, nowMs);
    if (this.state.name !== 'probing') return;
    this.state.shedsLeft -= 1;
    if (this.state.shedsLeft >= 0) return;
    this.probeIntervalMs = Math.min(2 * this.probeIntervalMs, MAX_PROBE_INTERVAL_MS);
    this.overload(nowMs);
  }

  /** A statement committed `count` requests in `tookMs`. */
  onCommitted(count: number, tookMs: number): void {
    this.commitsPerMs += SMOOTHING * (count / Math.max(tookMs, 0.1) - this.commitsPerMs);
  }

  private onArrival(waiting: number, nowMs: number): void {
    const isAfterIdleSecond = nowMs - this.lastArrivalAtMs >= SECOND_MS;
    this.lastArrivalAtMs = nowMs;
    // A queue that is long already gets no burst on top.
    if ((isAfterIdleSecond || nowMs >= this.state.endsAtMs) && waiting < this.normalLimit) {
      if (this.state.name === 'overloaded' && !isAfterIdleSecond) this.probe(nowMs, this.state);
      else this.recover(nowMs);
    }
    if (this.state.name === 'overloaded') this.state.arrivals += 1;
  }

  private overload(nowMs: number): void {
    this.state = { name: 'overloaded', sinceMs: nowMs, endsAtMs: nowMs + this.probeIntervalMs, arrivals: 0 };
  }

  private probe(nowMs: number, { arrivals, sinceMs }: State & { readonly name: 'overloaded' }): void {
    const arrivalsPerSecond = (arrivals * SECOND_MS) / (nowMs - sinceMs);
    this.state = { name: 'probing', endsAtMs: nowMs + SECOND_MS, shedsLeft: arrivalsPerSecond * SHED_SHARE_IN_PROBE };
  }

  private recover(nowMs: number): void {
    this.probeIntervalMs = MIN_PROBE_INTERVAL_MS;
    this.state = { name: 'normal', endsAtMs: nowMs + SECOND_MS, burstLeft: this.options.burst };
  }

  private get normalLimit(): number {
    return this.limitOf(this.options.minRequests, MAX_WAIT_MS);
  }

  private limitOf(minRequests: number, maxWaitMs: number): number {
    return Math.max(minRequests, Math.ceil(this.commitsPerMs * maxWaitMs));
  }
}
