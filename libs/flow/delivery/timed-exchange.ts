import type { ResponseHead } from '#ground/http-client/response-head';
import { Exchange } from './exchange.js';

/** How far an attempt came, by `performance.now()`; undefined: not so far. */
export interface AttemptTimes {
  /** It got a connection, which may still have been set up. */
  connectedAtMs: number | undefined;
  /** The first byte of its request was written. */
  sentAtMs: number | undefined;
  /** The head of the response had come. */
  answeredAtMs: number | undefined;
  endedAtMs: number | undefined;
  /** Whether it was sent again, on another connection. */
  isRepeated: boolean;
}

/** An exchange that notes its times. */
export class TimedExchange extends Exchange {
  constructor(
    timeoutMs: number,
    onEnded: (exchange: Exchange) => void,
    private readonly times: AttemptTimes,
  ) {
    super(timeoutMs, (exchange) => {
      times.connectedAtMs = exchange.http?.carriedSinceMs;
      times.endedAtMs = performance.now();
      times.isRepeated = exchange.http?.isRepeated === true;
      onEnded(exchange);
    });
  }

  onProgress(): void {
    this.times.sentAtMs ??= performance.now();
  }

  override onHead(head: ResponseHead): void {
    this.times.answeredAtMs = performance.now();
    super.onHead(head);
  }
}
