import { API_SOURCE } from '#domain/source-provider';
import type { Samples } from '#ground/samples/samples';
import { rejectionsNotCounted } from './http.metrics.js';
import type { Principal } from './principal.js';

/** Requests of one principal that were refused with one code in one minute. */
export interface RejectionCount {
  readonly tenant: string;
  /** The beginning of the minute, in milliseconds since 1970. */
  readonly minuteMs: number;
  /** The name of the principal, if it is a source; `api` for posts. */
  readonly source: string;
  /** The principal's id. `other` for what had no entry of its own. */
  readonly key: string;
  /** A problem code, `duplicate` or `other`. */
  readonly code: string;
  readonly requests: number;
  readonly lastDetail: string;
  readonly lastAtMs: number;
}

/** Posts of one principal in one minute whose idempotency key stood for this event. */
export interface DuplicateCount {
  /** The first event's UUID. */
  readonly event: string;
  readonly minuteMs: number;
  readonly key: string;
  readonly requests: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const MINUTE_MS = 60_000;
/** Entries with a code each. As many again may be entries `other`, one a tenant, source and minute. */
const MAX_ENTRIES = 1_000;
const MAX_DETAIL = 500;
const OTHER = 'other';
const DUPLICATE = 'duplicate';

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
type Entry = Writable<RejectionCount>;

/**
 * Counts in memory what ingest refuses, and duplicates, until they are taken. Only of requests with a valid key, and nothing
 * for accepted ones. Its memory is bounded: beyond 1,000 entries a source's further ones share one, and so do those of a
 * tenant's posts; of further events no duplicates are noted.
 *
 * The problem filter adds what is answered with a problem.
 */
export class Rejections {
  private entries = new Map<string, Entry>();
  private duplicates = new Map<string, Writable<DuplicateCount>>();

  constructor(private readonly samples: Pick<Samples, 'events'>, private readonly maxEntries = MAX_ENTRIES) {}

  /** @param code a problem code, or `duplicate` */
  add({ tenant, actor }: Principal, code: string, detail: string): void {
    const nowMs = Date.now();
    const minuteMs = nowMs - (nowMs % MINUTE_MS);
    const source = actor.type === 'source' ? actor.name : API_SOURCE;
    // Ingest counts duplicates, since it knows their types.
    if (code !== DUPLICATE) this.samples.events(tenant, source, '').count('rejected');
    const entry = this.entryOf({ tenant, minuteMs, source, key: actor.id, code }) ?? this.entryOf({ tenant, minuteMs, source, key: OTHER, code: OTHER }, 2 * this.maxEntries);
    if (entry === undefined) return rejectionsNotCounted.inc();
    entry.requests += 1;
    entry.lastDetail = detail.length > MAX_DETAIL ? copyOf(detail.slice(0, MAX_DETAIL)) : detail;
    entry.lastAtMs = nowMs;
  }

  /** Returns the counts since the last call. */
  take(): RejectionCount[] {
    if (this.entries.size === 0) return [];
    const taken = [...this.entries.values()];
    this.entries = new Map();
    return taken;
  }

  /** Notes, besides `add`, that the key of a post stood for this event. @param event its UUID */
  noteDuplicate({ actor: { id: key } }: Principal, event: string): void {
    const nowMs = Date.now();
    const minuteMs = nowMs - (nowMs % MINUTE_MS);
    const place = `${event} ${minuteMs} ${key}`;
    const known = this.duplicates.get(place);
    if (known !== undefined) {
      known.requests += 1;
      known.lastAtMs = nowMs;
    } else if (this.duplicates.size < this.maxEntries) this.duplicates.set(place, { event, minuteMs, key, requests: 1, firstAtMs: nowMs, lastAtMs: nowMs });
  }

  /** Returns the duplicates since the last call. */
  takeDuplicates(): DuplicateCount[] {
    if (this.duplicates.size === 0) return [];
    const taken = [...this.duplicates.values()];
    this.duplicates = new Map();
    return taken;
  }

  private entryOf({ tenant, minuteMs, source, key, code }: Pick<Entry, 'tenant' | 'minuteMs' | 'source' | 'key' | 'code'>, most = this.maxEntries): Entry | undefined {
    // Only the last part can have a space.
    const place = `${tenant} ${minuteMs} ${key} ${code} ${source}`;
    const known = this.entries.get(place);
    if (known !== undefined || this.entries.size >= most) return known;
    const entry: Entry = { tenant, minuteMs, source, key, code, requests: 0, lastDetail: '', lastAtMs: 0 };
    this.entries.set(place, entry);
    return entry;
  }
}

/** A part of a text would keep all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
