import type { Logger } from '#ground/telemetry/logger';
import type { EndedSpan } from './span.js';
import { type SpanLoss, spansExported, spansLost } from './tracing.metrics.js';

/** What sends spans to a collector. */
export interface SpanExporter {
  /** Rejects if the collector has not taken the spans. */
  export(spans: readonly EndedSpan[]): Promise<void>;
}

export interface SpanQueueLimits {
  /** Spans that wait at most; further ones are lost. A span takes about a kilobyte. */
  readonly maxWaiting?: number;
  /** How long a stop waits for the collector, in milliseconds. */
  readonly closeMs?: number;
}

/** The queue of OpenTelemetry's own processor, 2,048, lost 41 % of 5,000 spans/s with a collector that takes 200 ms. */
const MAX_WAITING = 8_192;
/** Encoding takes about 10 µs a span, during which the process does nothing else. */
const EXPORTED_SPANS = 512;
/** Exports at the same time. With a collector that takes 200 ms, 10,000 spans/s. */
const MAX_EXPORTS = 4;
const INTERVAL_MS = 2_000;
/** Above what a near collector takes. It comes after the drain time, of which it must not be a part. */
const CLOSE_MS = 500;
/** Between two lines about losses. */
const QUIET_MS = 60_000;

/**
 * Spans on their way to the collector. Its memory is bounded, and it never delays its caller. What it loses is counted, and
 * reported once a minute.
 */
export class SpanQueue {
  private readonly waiting: EndedSpan[] = [];
  private readonly maxWaiting: number;
  private readonly closeMs: number;
  private timer: NodeJS.Timeout | undefined;
  private exports = 0;
  /** Spans of the exports under way. */
  private sending = 0;
  private isFailing = false;
  private isClosed = false;
  private unreported = 0;
  private quietUntilMs = -Infinity;
  private onIdle: () => void = () => undefined;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly logger: Logger,
    { maxWaiting = MAX_WAITING, closeMs = CLOSE_MS }: SpanQueueLimits = {},
  ) {
    this.maxWaiting = maxWaiting;
    this.closeMs = closeMs;
  }

  add(span: EndedSpan): void {
    if (this.isClosed) return this.lose('stopped', 1);
    if (this.waiting.length >= this.maxWaiting) return this.lose('queue_full', 1);
    this.waiting.push(span);
    if (this.waiting.length >= EXPORTED_SPANS) this.send(EXPORTED_SPANS);
    else this.timer ??= setTimeout(() => this.send(1), INTERVAL_MS).unref();
  }

  /**
   * Sends what waits, for half a second at most, and not at all if the collector did not take what was sent last. The rest is
   * lost.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    if (!this.isFailing) {
      const { promise: idle, resolve } = Promise.withResolvers<void>();
      this.onIdle = resolve;
      const timer = setTimeout(resolve, this.closeMs);
      this.send(1);
      if (this.exports > 0) await idle;
      clearTimeout(timer);
    }
    clearTimeout(this.timer);
    const left = this.waiting.splice(0).length + this.sending;
    this.sending = 0;
    if (left > 0) this.lose('stopped', left);
  }

  /** @param least spans of which an export is worth it */
  private send(least: number): void {
    if (least === 1) {
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    while (this.waiting.length >= least && this.exports < MAX_EXPORTS) void this.export(this.waiting.splice(0, EXPORTED_SPANS));
    // All exports are under way: the next one to end sends the rest.
  }

  private async export(spans: readonly EndedSpan[]): Promise<void> {
    this.exports += 1;
    this.sending += spans.length;
    let failure: unknown;
    try {
      await this.exporter.export(spans);
    } catch (error) {
      failure = error;
    }
    this.exports -= 1;
    // A close that has given up has counted them as lost, and they stay so even if the collector takes them now.
    if (this.sending === 0) return;
    this.sending -= spans.length;
    this.isFailing = failure !== undefined;
    if (failure === undefined) spansExported.inc(spans.length);
    else this.lose('export_failed', spans.length, failure);
    if (this.isClosed && this.isFailing) return this.onIdle();
    this.send(this.isClosed || this.timer === undefined ? 1 : EXPORTED_SPANS);
    if (this.exports === 0) this.onIdle();
  }

  private lose(reason: SpanLoss, spans: number, err?: unknown): void {
    spansLost.inc({ reason }, spans);
    this.unreported += spans;
    const nowMs = performance.now();
    if (nowMs < this.quietUntilMs) return;
    this.logger.warn({ err, reason, spans: this.unreported }, 'Spans of traces were lost on their way to the collector');
    this.unreported = 0;
    this.quietUntilMs = nowMs + QUIET_MS;
  }
}
