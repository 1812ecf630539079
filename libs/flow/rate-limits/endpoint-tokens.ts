import { now } from '#domain/clock';
import { type RateLimit, TokenLease } from '#domain/token-lease';
import { SendPermit } from './send-permit.js';

/** A bucket holds its burst, so that the bound is exact. */
const MIN_BURST_MS = 0;

/**
 * The tokens of one endpoint in this process. Who gets none is told when to try again. One timer at most, which waits for the
 * bucket's next token.
 */
export class EndpointTokens {
  readonly lease: TokenLease;
  private timer: NodeJS.Timeout | undefined;
  private firesAtMs = Infinity;

  /**
   * @param settle settles the lease in a statement, which is followed by `settled`
   * @param onTokens there may be tokens: those that wait take them now
   */
  constructor(
    limit: RateLimit,
    private readonly settle: (tokens: EndpointTokens) => void,
    private readonly onTokens: () => void,
  ) {
    this.lease = new TokenLease(limit, MIN_BURST_MS);
  }

  /** Whether something waits for tokens. */
  get isAwaited(): boolean {
    return this.lease.isWanting;
  }

  /** Applies another limit. Permits of the former one are not valid any more. */
  change(limit: RateLimit): void {
    this.lease.change(limit);
  }

  /**
   * Takes a token for one request. Without one, `onTokens` is called when there may be some: after a statement of about a
   * millisecond, or when the bucket's next token comes.
   * @param usable requests that could be sent at once, at least 1
   * @param waiting all that wait
   */
  take(usable: number, waiting: number): SendPermit | undefined {
    const at = now();
    const reservation = this.lease.reserve(at);
    if (reservation === undefined) {
      this.lease.want(usable, waiting);
      this.requestIn(this.lease.askInMs(at));
      return undefined;
    }
    if (this.lease.runsLow(at)) this.settle(this);
    return new SendPermit(this.lease, reservation, this.onSpent);
  }

  /** The statement that settled the lease was answered, or has failed. */
  settled(): void {
    this.onTokens();
  }

  private readonly onSpent = (): void => this.requestIn(this.lease.reportInMs(now()));

  /** Requests that come in the same turn of the event loop share the statement. */
  private requestIn(delayMs: number): void {
    if (delayMs === 0) return this.request();
    const firesAtMs = performance.now() + delayMs;
    if (firesAtMs >= this.firesAtMs || delayMs === Infinity) return;
    clearTimeout(this.timer);
    this.firesAtMs = firesAtMs;
    this.timer = setTimeout(() => this.fired(), Math.min(Math.ceil(delayMs), 2_147_483_647)).unref();
  }

  private fired(): void {
    this.firesAtMs = Infinity;
    // Statements since then may have found that the next token comes later.
    if (this.lease.isWanting) this.requestIn(this.lease.askInMs(now()));
    else if (this.lease.isHolding) this.request();
  }

  private request(): void {
    clearTimeout(this.timer);
    this.firesAtMs = Infinity;
    if (this.lease.beginRequest()) this.settle(this);
  }
}
