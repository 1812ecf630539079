import { Poll } from '#ground/polling/poll';
import { storeErrorOf } from './answering-database.js';
import { type CacheName, cacheLookups } from './row-cache.metrics.js';

/** A row in memory. */
export interface CachedRow {
  /** It is looked up by this key. */
  readonly key: string;
  readonly id: number | string;
  /** Differs after every change of the row. */
  readonly version: string;
}

export type ChangedRow = Pick<CachedRow, 'id' | 'version'> & Partial<Pick<CachedRow, 'key'>>;

/** What one statement has read, as of its snapshot. */
export interface CacheRead<Row extends CachedRow> {
  /** The run of the server. It differs after a restart or a failover. */
  readonly server: string;
  /** The `since` of the next read. */
  readonly snapshot: string;
  /** The database's clock, in milliseconds since 1970. */
  readonly nowMs: number;
  /** There were more changes than the statement returns. */
  readonly isIncomplete: boolean;
  /** Rows that have changed. One with a key may now be what this key stands for, instead of another row. */
  readonly changed: readonly ChangedRow[];
  /** Rows that were asked for. */
  readonly rows: readonly Row[];
}

export interface RowCacheOptions<Row extends CachedRow> {
  readonly name: CacheName;
  /**
   * Reads the rows with these keys, and what was changed by transactions that the snapshot `since` does not have. With
   * `NOTHING_READ` no changes are needed.
   */
  readonly read: (since: string, keys: readonly string[]) => Promise<CacheRead<Row>>;
  /** Gets the error of a read. */
  readonly onError: (error: unknown) => void;
  /** Most rows in memory. */
  readonly maxRows: number;
  /** Most keys without a row in memory. */
  readonly maxAbsent: number;
}

/** Before every snapshot. */
export const NOTHING_READ = '0';
/** Changes that one read returns at most; with more, everything in memory is forgotten. */
export const MAX_CHANGES = 1_000;

/** A change that was answered holds everywhere after this time. */
const MAX_AGE_MS = 1_000;
/** Half of it, so that a read that takes long, or a busy process, seldom makes a request wait. */
const INTERVAL_MS = 500;
/** After a read that failed. Requests get its error until then, so that they are no flood of reads. */
const RETRY_MS = 250;

/** The keys that the next read looks up, and those who wait for them. */
class Lookup<Row> {
  readonly keys = new Set<string>();
  readonly found = Promise.withResolvers<ReadonlyMap<string, Row>>();
}

/**
 * Rows that requests need, in memory, without a query for each request. A change that was answered holds after one second
 * at the latest, whatever timers do: what is in memory counts only while the last successful read began less than a
 * second ago. Otherwise the request waits for a read that begins after it.
 *
 * Rows are read when they are first asked for. Reads follow each other on one connection, so each sees all changes since
 * the snapshot of the one before. All requests that wait share the next read. A key that has no row is remembered too,
 * until any row changes. When the memory is full, the row that was read first is forgotten.
 */
export class RowCache<Row extends CachedRow> {
  private readonly rows = new Map<string, Row>();
  private readonly absent = new Set<string>();
  private readonly poll: Poll;
  private lookup: Lookup<Row> | undefined;
  /** Look-ups since the last read, which counts them. */
  private hits = 0;
  private misses = 0;
  private snapshot = NOTHING_READ;
  private server: string | undefined;
  /** When the last successful read began, by both clocks of the process: one stops with the machine, one may be set. */
  private readAtMs = -Infinity;
  private readAtWallMs = -Infinity;
  /** The database's clock in that read. */
  private databaseAtReadMs = 0;
  private failure: { readonly error: unknown; readonly atMs: number } | undefined;

  constructor(private readonly options: RowCacheOptions<Row>) {
    this.poll = new Poll({ work: () => this.read(), intervalMs: INTERVAL_MS, retryMs: RETRY_MS, onError: options.onError });
  }

  start(): void {
    this.poll.start();
  }

  /** Call it when no request needs a row any more. */
  stop(): Promise<void> {
    return this.poll.stop();
  }

  /**
   * The row with this key; undefined if there is none. A promise only if Postgres must be asked.
   * @throws LockstepError store_unavailable, as a rejection
   */
  get(key: string): Row | undefined | Promise<Row | undefined> {
    if (this.isCurrent()) {
      const row = this.rows.get(key);
      if (row !== undefined || this.absent.has(key)) {
        this.hits++;
        return row;
      }
    }
    this.misses++;
    return this.lookUp(key);
  }

  /** The database's clock, in milliseconds since 1970: never behind, and ahead by at most the duration of a read. */
  databaseNowMs(): number {
    return this.databaseAtReadMs + performance.now() - this.readAtMs;
  }

  private isCurrent(): boolean {
    return performance.now() - this.readAtMs < MAX_AGE_MS && Date.now() - this.readAtWallMs < MAX_AGE_MS;
  }

  private async lookUp(key: string): Promise<Row | undefined> {
    if (this.failure !== undefined && performance.now() - this.failure.atMs < RETRY_MS) throw this.failure.error;
    const lookup = (this.lookup ??= new Lookup());
    lookup.keys.add(key);
    this.poll.nudge();
    return (await lookup.found.promise).get(key);
  }

  private async read(): Promise<void> {
    const lookup = this.lookup;
    this.lookup = undefined;
    this.countLookups();
    const [readAtMs, readAtWallMs] = [performance.now(), Date.now()];
    try {
      const read = await this.options.read(this.snapshot, [...(lookup?.keys ?? [])]);
      this.forgetChanged(read);
      const found = new Map(read.rows.map((row) => [row.key, row]));
      for (const key of lookup?.keys ?? []) this.remember(key, found.get(key));
      [this.snapshot, this.server, this.databaseAtReadMs] = [read.snapshot, read.server, read.nowMs];
      [this.readAtMs, this.readAtWallMs, this.failure] = [readAtMs, readAtWallMs, undefined];
      lookup?.found.resolve(found);
    } catch (error) {
      this.failure = { error: storeErrorOf(error), atMs: performance.now() };
      lookup?.found.reject(this.failure.error);
      throw error;
    }
  }

  private countLookups(): void {
    const { name: cache } = this.options;
    cacheLookups.inc({ cache, result: 'hit' }, this.hits);
    cacheLookups.inc({ cache, result: 'miss' }, this.misses);
    this.hits = this.misses = 0;
  }

  /** After a restart or a failover, commits may be lost, and numbers of transactions used again: nothing is known. */
  private forgetChanged({ server, isIncomplete, changed }: CacheRead<Row>): void {
    if (changed.length === 0 && server === this.server) return;
    this.absent.clear();
    if (server !== this.server || isIncomplete) {
      this.rows.clear();
      return;
    }
    const versions = new Map(changed.map(({ id, version }) => [id, version]));
    for (const [key, { id, version }] of this.rows) {
      // A transaction that stays open for long makes every read return the changes since its beginning.
      if (versions.has(id) && versions.get(id) !== version) this.rows.delete(key);
    }
    for (const { key, id } of changed) {
      if (key !== undefined && this.rows.get(key)?.id !== id) this.rows.delete(key);
    }
  }

  private remember(key: string, row: Row | undefined): void {
    if (row === undefined) {
      forgetFirst(this.absent, this.options.maxAbsent);
      this.absent.add(key);
    } else if (!this.rows.has(key)) {
      forgetFirst(this.rows, this.options.maxRows);
      this.rows.set(key, row);
    }
  }
}

/** Makes room for one more. */
function forgetFirst(memory: Map<string, unknown> | Set<string>, most: number): void {
  const [first] = memory.size < most ? [] : memory.keys();
  if (first !== undefined) memory.delete(first);
}
