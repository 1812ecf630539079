import type pg from 'pg';
import { waitUntil } from './wait-until.js';

/** Runs `work`, which waits for what the statement `change` has changed and not committed yet. */
export async function whileChanged<Result>(pool: pg.Pool, change: string, work: () => Promise<Result>): Promise<Result> {
  const other = await pool.connect();
  try {
    await other.query('begin');
    await other.query(change);
    const waiting = work();
    await waitUntil('the statement waits', async () => {
      const { rows } = await pool.query<{ n: number }>("select count(*)::integer as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
      return rows[0]?.n === 1;
    });
    await other.query('commit');
    return await waiting;
  } finally {
    other.release();
  }
}
