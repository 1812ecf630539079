import { HttpClientError } from '#ground/http-client/http-client-error';
import type { HttpExchange, ResponseHandler } from '#ground/http-client/http-exchange';
import { JoinedBytes } from '#ground/http-client/joined-bytes';
import type { ResponseHead } from '#ground/http-client/response-head';
import { type AttemptResult, countsIncomplete } from '#domain/disposition';
import { parseRetryAfterMs } from '#domain/retry-after';
import { failureText } from './failure-text.js';

/** Response bytes that are kept. */
const KEPT_BODY_BYTES = 16_384;

/** An attempt in flight. */
export interface Attempt {
  /** Undefined if the attempt was aborted, got no connection within its timeout, or had no valid token. Never rejects. */
  readonly result: Promise<AttemptResult | undefined>;
  abort(): void;
}

/** The HTTP exchange of an attempt. */
export class Exchange implements Attempt, ResponseHandler {
  readonly result: Promise<AttemptResult | undefined>;
  /** Set once the request is on its way. */
  http: HttpExchange | undefined;
  private resolve: (result: AttemptResult | undefined) => void = () => undefined;
  private ended = false;
  private readonly startedAtMs = Date.now();
  private readonly startedMonotonicMs = performance.now();
  private statusCode: number | undefined;
  private retryAfterMs: number | undefined;
  private readonly kept = new JoinedBytes(KEPT_BODY_BYTES);

  constructor(
    private readonly timeoutMs: number,
    private readonly onEnded: (exchange: Exchange) => void,
  ) {
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  abort(): void {
    if (this.ended) return;
    this.ended = true;
    this.onEnded(this);
    this.resolve(undefined);
    this.http?.abort();
  }

  /** Whether its timeout is over, which may not have been noticed yet. */
  get isLate(): boolean {
    return this.isLateAt(performance.now());
  }

  checkTimeout(nowMs: number): void {
    if (!this.isLateAt(nowMs)) return;
    // No socket was free, and the receiver can't help it.
    if (this.http?.carriedSinceMs === undefined) return this.abort();
    // Only trailers may be missing.
    if (this.http.responseIsWhole) this.end(undefined);
    else this.fail(`No complete response within ${this.timeoutMs} ms`);
    this.http.abort();
  }

  fail(error: string): void {
    if (!countsIncomplete({ statusCode: this.statusCode })) this.statusCode = undefined;
    this.end(error);
  }

  onHead(head: ResponseHead): void {
    this.statusCode = head.statusCode;
    // The latest, if there are several: a receiver that is asked too early fails again.
    for (const value of head.values('retry-after')) {
      const askedMs = parseRetryAfterMs(value, Date.now());
      if (askedMs !== undefined) this.retryAfterMs = Math.max(askedMs, this.retryAfterMs ?? 0);
    }
  }

  onData(data: Buffer): boolean {
    this.kept.add(data);
    return true;
  }

  onEnd(): void {
    this.end(undefined);
  }

  onFailure(error: Error): void {
    if (error instanceof HttpClientError && error.code === 'NOT_SENT') this.abort();
    else this.fail(failureText(error));
  }

  private isLateAt(nowMs: number): boolean {
    return nowMs - (this.http?.carriedSinceMs ?? this.startedMonotonicMs) >= this.timeoutMs;
  }

  private end(error: string | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.onEnded(this);
    this.resolve({
      startedAtMs: this.startedAtMs,
      durationMs: performance.now() - this.startedMonotonicMs,
      statusCode: this.statusCode,
      error,
      responseBody: this.kept.bytes,
      retryAfterMs: this.retryAfterMs,
    });
  }
}
