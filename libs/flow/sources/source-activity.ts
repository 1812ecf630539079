import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '#domain/problem';
import type { Source } from './source.js';
import { sourceRequestsNotCounted } from './sources.metrics.js';

/** What became of a request or a record of a source. */
export type SourceOutcome = 'accepted' | 'duplicate' | ErrorCode;

/** What came to one source in one minute, with one outcome. */
export interface OutcomeCount {
  /** The source's narrow key. */
  readonly source: number;
  /** The beginning of the minute, in milliseconds since 1970. */
  readonly minuteMs: number;
  readonly outcome: SourceOutcome;
  readonly requests: number;
  readonly lastDetail: string;
  readonly lastAtMs: number;
}

/** How one source did. */
export interface SourceRun {
  /** The source's narrow key. */
  readonly source: number;
  /** When something was accepted last, or was a duplicate; undefined if nothing was. */
  readonly lastAcceptedAtMs: number | undefined;
  readonly lastRejection: { readonly code: ErrorCode; readonly detail: string; readonly atMs: number } | undefined;
  /** Requests that were refused since the last one that was accepted, without those that may be accepted later. */
  readonly refused: number;
  /** When such a request came last. */
  readonly lastRefusedAtMs: number | undefined;
}

const MINUTE_MS = 60_000;
/** Sources of all tenants, with their outcomes. An entry takes some 300 bytes. */
const MAX_ENTRIES = 10_000;
const MAX_DETAIL = 500;
/** They say nothing against the sender: the same request may be accepted later, or, as a duplicate, was accepted before. */
const PASSING: ReadonlySet<SourceOutcome> = new Set(['conflict', 'forbidden', 'rate_limited', 'overloaded', 'store_unavailable']);

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

/**
 * Counts in memory what comes to sources, until it is taken. Its memory is bounded: beyond 10,000 sources or outcomes,
 * further ones are not noted.
 */
@Injectable()
export class SourceActivity {
  private counts = new Map<string, Writable<OutcomeCount>>();
  private runs = new Map<number, Writable<SourceRun>>();

  /** @param detail of a refusal: what was wrong @param times how often it came */
  note({ id: source }: Pick<Source, 'id'>, outcome: SourceOutcome, detail = '', times = 1): void {
    const atMs = Date.now();
    const run = this.runOf(source);
    const count = run === undefined ? undefined : this.countOf(source, atMs - (atMs % MINUTE_MS), outcome);
    if (run === undefined || count === undefined) return sourceRequestsNotCounted.inc(times);
    const lastDetail = detail.length > MAX_DETAIL ? copyOf(detail.slice(0, MAX_DETAIL)) : detail;
    count.requests += times;
    count.lastDetail = lastDetail;
    count.lastAtMs = atMs;
    if (outcome === 'accepted' || outcome === 'duplicate') {
      run.lastAcceptedAtMs = atMs;
      run.refused = 0;
    } else {
      run.lastRejection = { code: outcome, detail: lastDetail, atMs };
      if (PASSING.has(outcome)) return;
      run.refused += times;
      run.lastRefusedAtMs = atMs;
    }
  }

  /** Returns what was noted since the last call. */
  take(): { readonly counts: readonly OutcomeCount[]; readonly runs: readonly SourceRun[] } {
    if (this.runs.size === 0) return { counts: [], runs: [] };
    const taken = { counts: [...this.counts.values()], runs: [...this.runs.values()] };
    this.counts = new Map();
    this.runs = new Map();
    return taken;
  }

  private countOf(source: number, minuteMs: number, outcome: SourceOutcome): Writable<OutcomeCount> | undefined {
    const place = `${source} ${minuteMs} ${outcome}`;
    const known = this.counts.get(place);
    if (known !== undefined || this.counts.size >= MAX_ENTRIES) return known;
    const count: Writable<OutcomeCount> = { source, minuteMs, outcome, requests: 0, lastDetail: '', lastAtMs: 0 };
    this.counts.set(place, count);
    return count;
  }

  private runOf(source: number): Writable<SourceRun> | undefined {
    const known = this.runs.get(source);
    if (known !== undefined || this.runs.size >= MAX_ENTRIES) return known;
    const run: Writable<SourceRun> = { source, lastAcceptedAtMs: undefined, lastRejection: undefined, refused: 0, lastRefusedAtMs: undefined };
    this.runs.set(source, run);
    return run;
  }
}

/** A part of a text would keep all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
