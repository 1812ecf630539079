import { expect, it } from '@jest/globals';
import pg from 'pg';
import { register } from 'prom-client';
import { captureLog } from '#dev/testing/log-capture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { createTestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { ActivityProbe } from './activity-probe.js';
import { createPool, databaseOf } from './pool.js';

const valueOf = async (name: string): Promise<number> => Number(/ (\S+)$/.exec(await register.getSingleMetricAsString(`lockstep_postgres_${name}`))?.[1]);

it('reports sessions that wait for locks, the oldest transaction, and the size of the database', async () => {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 1 });
  const [holder, waiter] = [new pg.Client(database.url), new pg.Client(database.url)];
  await Promise.all([holder.connect(), waiter.connect()]);
  await holder.query('begin; lock table events in access exclusive mode');
  const waiting = waiter.query('select from events limit 1');
  await waitUntil('a session that waits', async () => (await holder.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).rowCount === 1);
  new ActivityProbe(databaseOf(pool), captureLog().logger);
  expect(await valueOf('lock_waits')).toBe(1);
  expect(await valueOf('longest_transaction_seconds')).toBeGreaterThan(0);
  expect(await valueOf('database_bytes')).toBeGreaterThan(1_000_000);
  await holder.query('commit');
  await waiting;
  // The answer is used again for a while.
  expect(await valueOf('lock_waits')).toBe(1);
  await Promise.all([holder.end(), waiter.end(), pool.end()]);
  await database.drop();
});

it('does not hold up a scrape when Postgres does not answer, and keeps what was known', async () => {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  const proxy = await TcpProxy.start(url.hostname, Number(url.port));
  url.host = `127.0.0.1:${proxy.port}`;
  const pool = createPool({ databaseUrl: url.href, applicationName: 'test', max: 1 });
  const probe = (): ActivityProbe => new ActivityProbe(databaseOf(pool), captureLog().logger);
  probe();
  const bytes = await valueOf('database_bytes');
  proxy.halfOpen();
  // It has no answer yet that it could use again.
  probe();
  expect(await valueOf('database_bytes')).toBe(bytes);
  proxy.restore();
  await pool.end();
  await proxy.stop();
  await database.drop();
});
