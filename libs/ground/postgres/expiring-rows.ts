import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './pool.js';

/** A table whose rows expire, with its two generated queries. */
export interface ExpiringRows {
  /** Finds places of expired rows; `delete` checks them again. For a session with `plans: 'by-index'`. */
  readonly find: { run(parameters: { limit: number }, database: Database): Promise<{ place: string }[]> };
  /** Deletes the rows at these places that are expired and not locked; returns their number. */
  readonly delete: { run(parameters: { places: string[] }, database: Database): Promise<{ deleted: number }[]> };
  readonly onDeleted: (rows: number) => void;
}

/** Rows per statement: a transaction that needs one of them waits some milliseconds at most. */
const BATCH = 1_000;
/** Places per search: each search passes over the rows that were deleted since the last VACUUM. */
const PLACES = 50_000;
/** With the duration of a batch 16,000 rows/s: more than are written, with disk and WAL left for other work. */
const PAUSE_MS = 50;

/**
 * Deletes a table's expired rows in small batches until none is left, and returns their number. Never waits for a row lock.
 * @throws what Postgres throws; also when `signal` is aborted
 */
export async function deleteExpired(rows: ExpiringRows, database: Database, signal: AbortSignal): Promise<number> {
  for (let total = 0; ; ) {
    const places = (await rows.find.run({ limit: PLACES }, database)).map(({ place }) => place);
    let deleted = 0;
    for (let at = 0; at < places.length; at += BATCH) {
      if (at > 0) await delay(PAUSE_MS, undefined, { signal });
      const [row] = await rows.delete.run({ places: places.slice(at, at + BATCH) }, database);
      rows.onDeleted(row?.deleted ?? 0);
      deleted += row?.deleted ?? 0;
    }
    total += deleted;
    // None is left, or transactions hold locks on all others.
    if (places.length < PLACES || deleted === 0) return total;
  }
}
