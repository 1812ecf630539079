import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '#ground/postgres/migrate';
import { sharedServers } from '#dev/testing/shared-servers';
import { createChaosDatabase, readStaleWrites, stepClock } from './chaos-database.js';
import { queryOnce } from './query-once.js';

const name = `chaos_${randomBytes(5).toString('hex')}`;
const EVENT = '00000000-0000-7000-8000-000000000001';
let url: string;

const query = <Row extends object>(sql: string): Promise<Row[]> => queryOnce<Row>(url, sql);

beforeAll(async () => {
  url = await createChaosDatabase(sharedServers().databaseUrl, migrate, name);
});

afterAll(() => queryOnce(sharedServers().databaseUrl, `drop database ${name} with (force)`));

describe('the clock', () => {
  it('moves for statements, column defaults and functions, in both directions', async () => {
    await stepClock(url, 3_600_000);
    const [ahead] = await query<Record<string, number>>(`
      select extract(epoch from now() - pg_catalog.now())::int as now,
        extract(epoch from clock_timestamp() - pg_catalog.clock_timestamp())::int as clock`);
    expect(ahead).toEqual({ now: 3_600, clock: 3_600 });
    const [row] = await query<{ ahead: number }>(
      "insert into tenants (id) values ('stepped') returning extract(epoch from created_at - pg_catalog.now())::int as ahead");
    expect(row?.ahead).toBe(3_600);
    // For this function of a migration, half an hour from now is in the past.
    const [lane] = await query<{ state: string }>("select lane_state(false, null, 1, 'active', pg_catalog.now() + interval '30 minutes') as state");
    expect(lane?.state).toBe('sending');
    await stepClock(url, -3_605_000);
    const [behind] = await query<{ now: number }>('select extract(epoch from now() - pg_catalog.now())::int as now');
    expect(behind?.now).toBe(-5);
  });

  it('keeps the tables in the schema public', async () => {
    const tables = await query<{ schema: string }>("select distinct schemaname as schema from pg_tables where tablename in ('events', 'shard_leases', 'schema_migrations')");
    expect(tables).toEqual([{ schema: 'public' }]);
  });
});

describe('stale writes', () => {
  it('include an attempt whose epoch is not the shard’s, and no other attempt', async () => {
    await query('insert into shard_leases (shard, epoch) values (3, 7)');
    // The migrated partitions cover only days around today.
    await query("create table deliveries_test partition of deliveries default; create table attempts_test partition of attempts default");
    await query(`insert into deliveries (event_id, endpoint, tenant, shard) values ('${EVENT}', 1, 'default', 3)`);
    const attempt = (number: number, epoch: number) => query(
      `insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms) values ('${EVENT}', 1, 0, ${number}, 'default', ${epoch}, now(), 1)`);
    await attempt(1, 7);
    expect(await readStaleWrites(url)).toEqual([]);
    await attempt(2, 6);
    expect(await readStaleWrites(url)).toEqual([`attempt 2 of evt_${EVENT.replaceAll('-', '')} at endpoint 1 has epoch 6, but shard 3 has epoch 7`]);
  });

  it('include an admission or a cursor move by any session but the shard’s last claimant, and no other', async () => {
    const before = (await readStaleWrites(url)).length;
    const as = async (app: string, sql: string): Promise<void> => {
      const own = new URL(url);
      own.searchParams.set('application_name', app);
      await queryOnce(own.toString(), sql);
    };
    await query('create table inbox_test partition of inbox default');
    await query('insert into shard_leases (shard, epoch) values (4, 1); insert into shard_cursors (shard) values (4)');
    let events = 0;
    const admit = (app: string): Promise<void> =>
      as(app, `insert into inbox (event_id, tenant, shard, routes) values ('00000000-0000-7000-8001-00000000000${(events += 1)}', 'default', 4, 0)`);
    const move = (app: string, to: number): Promise<void> => as(app, `update shard_cursors set next_offset = ${to} where shard = 4`);

    await as('dispatcher 0', 'update shard_leases set epoch = 2 where shard = 4');
    await admit('dispatcher 0');
    await move('dispatcher 0', 10);
    await as('dispatcher 1', 'update shard_leases set epoch = 3 where shard = 4');
    await as('dispatcher 1', 'update shard_leases set renewals = 1 where shard = 4');
    await move('dispatcher 1', 20);
    expect((await readStaleWrites(url)).slice(before)).toEqual([]);

    await admit('dispatcher 0');
    await move('dispatcher 0', 11);
    expect((await readStaleWrites(url)).slice(before)).toEqual([
      'events were admitted (1) by dispatcher 0, but shard 4 belongs to dispatcher 1 with epoch 3',
      'the cursor was moved from 20 to 11 by dispatcher 0, but shard 4 belongs to dispatcher 1 with epoch 3',
    ]);
  });
});
