import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './pool.js';

/** A table whose rows expire, by two generated queries. */
export interface ExpiringRows {
  /** Where expired rows are; only places: `delete` looks again. Its session looks up by index (`plans: 'by-index'`). */
  readonly find: { run(parameters: { limit: number }, database: Database): Promise<{ place: string }[]> };
  /** Deletes what is expired there and not locked; the number of rows that were. */
  readonly delete: { run(parameters: { places: string[] }, database: Database): Promise<{ deleted: number }[]> };
  readonly onDeleted: (rows: number) => void;
}

/** 1,000 rows a statement: whoever wants one that is being deleted waits some milliseconds at most. */
const BATCH = 1_000;
/** Places a look: a look passes over what was deleted since the table was last vacuumed. */
const PLACES = 50_000;
/** 16,000 rows a second with what a batch takes: more than are written, and disk and log are left to the others meanwhile. */
const PAUSE_MS = 50;

/**
 * Deletes a table's expired rows in small batches until there are none; never waits for anybody's lock. Returns how many.
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
    // All there were; or all that are left are being claimed at this moment.
    if (places.length < PLACES || deleted === 0) return total;
  }
}
