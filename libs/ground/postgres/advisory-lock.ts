import type pg from 'pg';
import { releaseAdvisoryLock } from './advisory-lock-release.queries.js';
import { takeAdvisoryLock } from './advisory-lock-take.queries.js';
import { databaseOf } from './pool.js';

/**
 * Runs `work` on a connection that holds the advisory lock of this name, so that only one process at a time runs it.
 * Does not wait: returns undefined while another process holds the lock. The lock ends with the connection, and so with
 * the process. An abort of `signal` cuts the connection, and the statement on it fails.
 * @throws what `work` throws; what Postgres throws
 */
export async function exclusively<Result>(pool: pg.Pool, name: string, signal: AbortSignal, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result | undefined> {
  const client = await pool.connect();
  // A connection that breaks fails the next statement. Without a listener it would end the process.
  client.on('error', () => undefined);
  let cut = false;
  // Not returned to the pool: settings that `work` changed would remain, and after an error the lock.
  const end = (): void => {
    if (!cut) client.release(true);
    cut = true;
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    const database = databaseOf(client);
    const [lock] = await takeAdvisoryLock.run({ name }, database);
    if (lock?.taken !== true) return undefined;
    const result = await work(client);
    // The server notices a closed connection late: the next caller would find the lock taken.
    await releaseAdvisoryLock.run({ name }, database);
    return result;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
