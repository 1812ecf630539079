import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool, type Database } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { waitUntil } from '#dev/testing/wait-until';
import { inSnapshot, type Run } from './snapshot.js';

interface Seen {
  readonly tenants: number;
  readonly process: number;
  readonly workers: string;
}

const OPTIONS = { settings: { max_parallel_workers_per_gather: '3' }, tables: ['events'] };

let fixture: ShardFixture;
let pool: pg.Pool;

async function look(database: Database): Promise<Seen> {
  const { rows } = await database.query("select (select count(*) from tenants) as tenants, pg_backend_pid() as process, current_setting('max_parallel_workers_per_gather') as workers", []);
  const [seen] = rows as Seen[];
  if (seen === undefined) throw new Error('nothing was seen');
  return seen;
}

const lookAtOnce = (times: number) => (run: Run): Promise<Seen[]> => Promise.all(Array.from({ length: times }, () => run(look)));

beforeAll(async () => {
  fixture = await createShardFixture();
});

beforeEach(() => {
  pool = createPool({ databaseUrl: fixture.url, applicationName: 'snapshot', max: 3 });
});

afterEach(() => pool.end());

afterAll(() => fixture.close());

describe('a snapshot', () => {
  it('is the same on all connections, in spite of later commits', async () => {
    const { first, others, last } = await inSnapshot(pool, OPTIONS, async (snapshot) => {
      const before = await look(snapshot.database);
      await fixture.pool.query("insert into tenants (id) values ('late')");
      return { first: before, others: await snapshot.sideBySide(lookAtOnce(9)), last: await look(snapshot.database) };
    });
    expect(new Set(others.map(({ tenants }) => tenants))).toEqual(new Set([first.tenants]));
    expect(new Set(others.map(({ process }) => process)).size).toBe(3);
    expect(new Set(others.map(({ workers }) => workers))).toEqual(new Set(['0']));
    expect(last).toEqual(first);
    expect(last.workers).toBe('3');
    // All were given back in order.
    expect(pool.idleCount).toBe(3);
  });

  it('is read on the only connection that the pool has', async () => {
    const single = createPool({ databaseUrl: fixture.url, applicationName: 'snapshot', max: 1 });
    const seen = await inSnapshot(single, OPTIONS, (snapshot) => snapshot.sideBySide(lookAtOnce(5)));
    expect(new Set(seen.map(({ process }) => process)).size).toBe(1);
    expect(new Set(seen.map(({ workers }) => workers))).toEqual(new Set(['3']));
    await single.end();
  });

  it('has other settings for as long as asked', async () => {
    const [within, after] = await inSnapshot(pool, OPTIONS, async (snapshot) => [
      await snapshot.withSettings({ max_parallel_workers_per_gather: '1' }, () => look(snapshot.database)), await look(snapshot.database),
    ]);
    expect([within?.workers, after?.workers]).toEqual(['1', '3']);
  });

  it('leaves no transaction open when one of its readers fails', async () => {
    await expect(inSnapshot(pool, OPTIONS, (snapshot) => snapshot.sideBySide(async (run) => {
      await Promise.all([run(look), run((database) => database.query('select 1 / 0', [])), run((database) => database.query('select pg_sleep(60)', []))]);
    }))).rejects.toThrow('division by zero');
    expect(pool.totalCount).toBe(0);
    // The server notices a closed connection at its next write.
    await fixture.pool.query("select pg_cancel_backend(pid) from pg_stat_activity where application_name = 'snapshot'");
    await waitUntil('no connection is left', async () => (await fixture.pool.query("select from pg_stat_activity where application_name = 'snapshot' and datname = current_database()")).rowCount === 0);
  });
});
