import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { clientSpanIdOf, type EventStage, isSampled, spanIdOf, type SpanIds, traceIdOf } from '#domain/trace-context';
import { OpenSpan, type SpanAttributes, type SpanFacts, type SpanKind } from './span.js';
import type { SpanQueue } from './span-queue.js';

/** A batch's span. */
export interface BatchFacts {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: SpanAttributes;
  /** The attribute for the number of its items. */
  readonly sizeAttribute: string;
}

/** Something of a batch that may belong to a recorded event. */
export interface Spanned {
  readonly span?: OpenSpan | undefined;
}

/** Above it, the offset between the two clocks is set again: the system's clock was set, or is slewed. */
const MAX_DRIFT_MS = 2;

/**
 * Makes spans by hand, afterwards: a step asks `begin` whether an event is recorded, and says how it ended. Nothing is
 * held open, and no context is passed on behind the scenes, because one statement serves the events of many requests. Off, which
 * is the default, `begin` returns undefined and `batch` only does the work.
 */
@Injectable()
export class Tracing implements OnApplicationShutdown {
  private offsetMs = performance.timeOrigin;

  /**
   * @param queue undefined: off
   * @param ratio share of the events whose spans are recorded
   */
  constructor(
    private readonly queue: SpanQueue | undefined,
    private readonly ratio: number,
  ) {}

  get isOn(): boolean {
    return this.queue !== undefined;
  }

  /** Begins a span of the event; undefined if the event is not recorded. */
  begin(eventId: string, traceparent: string | null | undefined, stage: EventStage, startedAtMs = performance.now()): OpenSpan | undefined {
    if (this.queue === undefined || !isSampled(eventId, traceparent, this.ratio)) return undefined;
    const ids = { traceId: traceIdOf(eventId, traceparent), spanId: spanIdOf(eventId, stage) };
    return new OpenSpan(ids, parentOf(eventId, traceparent, stage), startedAtMs);
  }

  /** Begins a span of which an event can have several, after it was admitted. */
  beginAttempt(eventId: string, traceparent: string | null): OpenSpan | undefined {
    if (this.queue === undefined || !isSampled(eventId, traceparent, this.ratio)) return undefined;
    return new OpenSpan({ traceId: traceIdOf(eventId, traceparent), spanId: newSpanId() }, spanIdOf(eventId, 'process'), performance.now());
  }

  /** @param endedAtMs by `performance.now()` */
  end(span: OpenSpan, { moments = [], ...facts }: SpanFacts, endedAtMs = performance.now()): void {
    const { ids, parentId, startedAtMs, batch } = span;
    const offsetMs = this.offset();
    this.queue?.add({
      ...facts, ids, parentId, startMs: startedAtMs + offsetMs, endMs: endedAtMs + offsetMs,
      moments: moments.map(({ name, atMs }) => ({ name, atMs: atMs + offsetMs })),
      links: batch === undefined ? [] : [batch],
    });
  }

  /**
   * Does the work of a batch. If it has items of recorded events, it gets a span of its own, in a trace of its own, with links to
   * theirs; each of them knows it as its `batch`.
   * @param ends whether an item's span will be ended, by the work's result: a link to another one would lead nowhere
   */
  batch<Result>(facts: BatchFacts, items: readonly Spanned[], work: () => Promise<Result>, ends: (result: Result, item: number) => boolean = () => true): Promise<Result> {
    if (this.queue === undefined || items.every(({ span }) => span === undefined)) return work();
    return this.recorded(facts, items, work, ends);
  }

  /** As `batch`, for work that has just been done. */
  endBatch({ sizeAttribute, ...facts }: BatchFacts, members: readonly OpenSpan[], size: number, startedAtMs: number, error?: unknown): void {
    if (members.length === 0) return;
    const ids: SpanIds = { traceId: randomBytes(16).toString('hex'), spanId: newSpanId() };
    for (const member of members) member.batch = ids;
    const offsetMs = this.offset();
    this.queue?.add({
      ...facts, ids, parentId: undefined, startMs: startedAtMs + offsetMs, endMs: performance.now() + offsetMs, moments: [],
      attributes: { ...facts.attributes, [sizeAttribute]: size },
      links: members.map((member) => member.ids),
      error: error === undefined ? undefined : errorTypeOf(error),
    });
  }

  /** Sends what waits, for a short time. */
  async onApplicationShutdown(): Promise<void> {
    await this.queue?.close();
  }

  private async recorded<Result>(facts: BatchFacts, items: readonly Spanned[], work: () => Promise<Result>, ends: (result: Result, item: number) => boolean): Promise<Result> {
    const startedAtMs = performance.now();
    try {
      const result = await work();
      this.endBatch(facts, spansOf(items.filter((_, item) => ends(result, item))), items.length, startedAtMs);
      return result;
    } catch (error) {
      this.endBatch(facts, spansOf(items), items.length, startedAtMs, error);
      throw error;
    }
  }

  /** From the monotonic clock to the time of day. Steady, so that the spans of a process are in order to the microsecond. */
  private offset(): number {
    const driftMs = Date.now() - (performance.now() + this.offsetMs);
    if (Math.abs(driftMs) > MAX_DRIFT_MS) this.offsetMs += driftMs;
    return this.offsetMs;
  }
}

/** For processes and tests without tracing. */
export const NO_TRACING = new Tracing(undefined, 0);

/** A short name of the error. Messages may quote what was being stored. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function spansOf(items: readonly Spanned[]): OpenSpan[] {
  return items.flatMap(({ span }) => span ?? []);
}

function parentOf(eventId: string, traceparent: string | null | undefined, stage: EventStage): string | undefined {
  switch (stage) {
    case 'accept':
      return clientSpanIdOf(traceparent);
    case 'publish':
      return spanIdOf(eventId, 'accept');
    case 'process':
      return spanIdOf(eventId, 'publish');
  }
}

function newSpanId(): string {
  return randomBytes(8).toString('hex');
}
