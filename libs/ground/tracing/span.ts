import type { SpanIds } from '#domain/trace-context';

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A moment within a span. */
export interface SpanMoment {
  readonly name: string;
  /** By `performance.now()`. */
  readonly atMs: number;
}

/** What a span says when it ends. */
export interface SpanFacts {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: SpanAttributes;
  readonly moments?: readonly SpanMoment[];
  /** Why it failed; undefined if it did not. */
  readonly error?: string | undefined;
}

/** A span that has ended. Times are in milliseconds since 1970, with fractions. */
export interface EndedSpan extends Omit<SpanFacts, 'moments'> {
  readonly ids: SpanIds;
  /** In the same trace. */
  readonly parentId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly moments: readonly SpanMoment[];
  readonly links: readonly SpanIds[];
}

/** A span of an event's trace that has begun. It holds nothing: one that never ends is not recorded. */
export class OpenSpan {
  /** The span of the batch that it was part of. */
  batch: SpanIds | undefined;

  constructor(
    readonly ids: SpanIds,
    readonly parentId: string | undefined,
    /** By `performance.now()`. */
    readonly startedAtMs: number,
  ) {}
}
