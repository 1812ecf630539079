import type { Dispatcher } from 'undici';
import type { AttemptResult } from '#domain/disposition';
import { parseRetryAfterMs } from '#domain/retry-after';

/** Response bytes that are kept. */
const KEPT_BODY_BYTES = 16_384;
/** A longer response is cut off with its connection: reading the rest costs more than a new connection. */
const DRAINED_BODY_BYTES = 1_048_576;

/** An attempt in flight. */
export interface Attempt {
  /** Undefined if the attempt was aborted. Never rejects. */
  readonly result: Promise<AttemptResult | undefined>;
  abort(): void;
}

/**
 * One HTTP exchange, as undici reports it. Once the status has come, the size of the body cannot turn a 2xx into a failure.
 */
export class Exchange implements Attempt, Dispatcher.DispatchHandler {
  readonly result: Promise<AttemptResult | undefined>;
  private resolve: (result: AttemptResult | undefined) => void = () => undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private ended = false;
  private readonly startedAtMs = Date.now();
  private readonly startedMonotonicMs = performance.now();
  private statusCode: number | undefined;
  private retryAfterMs: number | undefined;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readBytes = 0;

  constructor(private readonly timeoutMs: number) {
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  abort(): void {
    if (this.ended) return;
    this.ended = true;
    this.resolve(undefined);
    this.controller?.abort(new Error('aborted'));
  }

  checkTimeout(nowMs: number): void {
    if (nowMs - this.startedMonotonicMs < this.timeoutMs) return;
    this.statusCode = undefined;
    this.fail(`No complete response within ${this.timeoutMs} ms`);
    this.controller?.abort(new Error('timed out'));
  }

  fail(error: string): void {
    this.end(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // It timed out or was aborted while it waited for a connection.
    if (this.ended) controller.abort(new Error('aborted'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: Record<string, string | string[] | undefined>): void {
    // 1xx responses are interim (RFC 9110, 15.2).
    if (statusCode < 200) return;
    this.statusCode = statusCode;
    const retryAfter = headers['retry-after'];
    if (typeof retryAfter === 'string') this.retryAfterMs = parseRetryAfterMs(retryAfter, Date.now());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.ended) return;
    this.readBytes += chunk.length;
    if (this.keptBytes < KEPT_BODY_BYTES) {
      const part = chunk.subarray(0, KEPT_BODY_BYTES - this.keptBytes);
      this.kept.push(part);
      this.keptBytes += part.length;
    }
    if (this.readBytes > DRAINED_BODY_BYTES) {
      this.end(undefined);
      controller.abort(new Error('The response is too long'));
    }
  }

  onResponseEnd(): void {
    this.end(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.statusCode = undefined;
    this.end(describe(error));
  }

  private end(error: string | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.resolve({
      startedAtMs: this.startedAtMs,
      durationMs: Math.round(performance.now() - this.startedMonotonicMs),
      statusCode: this.statusCode,
      error,
      // A copy: a slice would keep the whole chunk in memory.
      responseBody: Buffer.concat(this.kept),
      retryAfterMs: this.retryAfterMs,
    });
  }
}

/** An error's code and text, such as `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9`, in at most 500 characters. */
function describe(error: Error): string {
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' ? `${code}: ${error.message}` : error.message).replaceAll('\0', '').slice(0, 500);
}
