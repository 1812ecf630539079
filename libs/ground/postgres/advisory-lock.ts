import type pg from 'pg';
import { releaseAdvisoryLock } from './advisory-lock-release.queries.js';
import { takeAdvisoryLock } from './advisory-lock-take.queries.js';
import { databaseOf } from './pool.js';

/**
 * Does `work` on a connection that holds the advisory lock of that name, so that one process at a time does it; without
 * waiting: undefined when another one does it now. The lock goes with the connection, so whoever dies holds nobody up.
 * When `signal` is aborted the connection is cut, and what runs on it fails.
 * @throws what `work` throws; what Postgres throws
 */
export async function exclusively<Result>(pool: pg.Pool, name: string, signal: AbortSignal, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result | undefined> {
  const client = await pool.connect();
  // A connection that breaks between two statements fails the next one; without a listener it would end the process.
  client.on('error', () => undefined);
  let cut = false;
  // Never back into the pool: settings that `work` made would stay, and after an error the lock.
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
    // The server takes a moment to notice that a connection was closed: the next one would find the lock taken.
    await releaseAdvisoryLock.run({ name }, database);
    return result;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
