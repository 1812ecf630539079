import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { projectRoot } from '#ground/config/project-root';
import { migrate, schemaStatus } from '#ground/postgres/migrate';
import { copyOf, createEmptyDatabase, createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { ORDERS_MIGRATIONS } from './orders-migrations.js';

const TABLES = ['order_outbox', 'order_steps', 'orders', 'payment_totals', 'payments', 'payments_inbox', 'shipments'];
const TYPES = ['order_status', 'saga_step', 'saga_step_status'];
const DROP = '0009_drop-orders-tables';
const MIGRATIONS = path.join(projectRoot(), 'migrations');

/** A database of the release before 0009, in which the example's tables are among Lockstep's, and empty. */
let earlier: TestDatabase;
let database: TestDatabase;
let client: pg.Client;
let notices: string[];

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-earlier-'));
  const names = (await readdir(MIGRATIONS)).filter((name) => name < DROP);
  await Promise.all(names.map((name) => copyFile(path.join(MIGRATIONS, name), path.join(folder, name))));
  await copyFile(path.join(projectRoot(), 'apps', 'orders', 'fixtures', '0006_orders.sql'), path.join(folder, '0006_orders.sql'));
  earlier = await createEmptyDatabase();
  await migrate(earlier.url, { folder });
  await rm(folder, { recursive: true });
});

afterAll(() => earlier.drop());

afterEach(async () => {
  await client.end();
  await database.drop();
});

async function open(lent: Promise<TestDatabase>): Promise<void> {
  notices = [];
  database = await lent;
  client = await connect();
}

const openEarlier = (): Promise<void> => open(copyOf(earlier));

async function connect(): Promise<pg.Client> {
  const connection = new pg.Client(database.url);
  await connection.connect();
  return connection;
}

const migrateLockstep = (): Promise<string[]> => migrate(database.url, undefined, (text) => notices.push(text));
const migrateOrders = (): Promise<string[]> => migrate(database.url, ORDERS_MIGRATIONS);

async function namesIn(schema: string): Promise<{ tables: string[]; types: string[] }> {
  const { rows: tables } = await client.query<{ name: string }>('select tablename as name from pg_tables where schemaname = $1 and tablename = any($2) order by name', [schema, TABLES]);
  const { rows: types } = await client.query<{ name: string }>('select typname as name from pg_type where typnamespace = to_regnamespace($1) and typname = any($2) order by name', [schema, TYPES]);
  return { tables: tables.map(({ name }) => name), types: types.map(({ name }) => name) };
}

const ALL = { tables: TABLES, types: TYPES };
const NONE = { tables: [], types: [] };

/** Rows in each table, as an earlier release leaves them. */
async function placeEarlier(connection = client): Promise<void> {
  await connection.query(`
    insert into orders (id, user_id, amount, status, created_at) values ('018f0000-0000-7000-8000-000000000001', 'ann', 4200, 'paid', '2026-01-02T03:04:05Z');
    insert into order_outbox (slot, event_id, key, value) values (7, gen_random_uuid(), 'ann', 'first'), (7, gen_random_uuid(), 'ann', 'second');
    insert into payments_inbox (event_id, order_id, user_id, amount, expires_at) values (gen_random_uuid(), '018f0000-0000-7000-8000-000000000001', 'ann', 4200, now() + interval '1 day');
    insert into payment_totals (user_id, orders, amount) values ('ann', 1, 4200);
    insert into order_steps (order_id, step, status, attempts, settled_at) values
      ('018f0000-0000-7000-8000-000000000001', 'payment', 'done', 2, now()), ('018f0000-0000-7000-8000-000000000001', 'shipment', 'due', 1, null);
    insert into payments (id, order_id, amount) values (gen_random_uuid(), '018f0000-0000-7000-8000-000000000001', 4200);
    insert into shipments (id, order_id) values (gen_random_uuid(), gen_random_uuid())`);
}

async function rowsIn(schema: string): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown> = {};
  for (const table of TABLES) rows[table] = (await client.query(`select * from ${schema}.${table} t order by t::text`)).rows;
  return rows;
}

describe("Lockstep's migrations", () => {
  it('make no table of the orders example in a fresh database', async () => {
    await open(createTestDatabase());
    expect((await schemaStatus(database.url)).applied).toContain(DROP);
    expect(await namesIn('public')).toEqual(NONE);
  });

  it('drop the tables of an earlier release where they are empty', async () => {
    await openEarlier();
    expect(await namesIn('public')).toEqual(ALL);
    expect(await migrateLockstep()).toContain(DROP);
    expect(await namesIn('public')).toEqual(NONE);
    expect(await schemaStatus(database.url)).toMatchObject({ pending: [], unknown: [] });
  });

  it('keep all tables of an earlier release, and say so, when one of them has rows', async () => {
    await openEarlier();
    await placeEarlier();
    const before = await rowsIn('public');
    expect(await migrateLockstep()).toContain(DROP);
    expect(notices).toEqual([expect.stringContaining('because orders has rows')]);
    expect(await namesIn('public')).toEqual(ALL);
    expect(await rowsIn('public')).toEqual(before);
    const sql = await readFile(path.join(MIGRATIONS, `${DROP}.sql`), 'utf8');
    for (const table of TABLES) {
      const others = TABLES.filter((each) => each !== table).map((each) => `delete from ${each};`);
      await client.query(`begin; set local session_replication_role = replica; ${others.join(' ')}`);
      await client.query(sql);
      expect((await client.query(`select from ${table}`)).rowCount).toBeGreaterThan(0);
      await client.query('rollback');
    }
  });

  it('keep the tables when a transaction that inserts into them is not committed yet', async () => {
    await openEarlier();
    const inserting = await connect();
    await inserting.query('begin');
    await placeEarlier(inserting);
    expect(await migrateLockstep()).toContain(DROP);
    expect(notices).toEqual([expect.stringContaining('because they are in use')]);
    await inserting.query('commit');
    await inserting.end();
    expect((await client.query('select from orders')).rowCount).toBe(1);
  });

  it('keep empty tables on which something of the operator depends', async () => {
    await openEarlier();
    await client.query('create view open_orders as select * from orders');
    expect(await migrateLockstep()).toContain(DROP);
    expect(notices).toEqual([expect.stringContaining('because they are in use')]);
    expect(await namesIn('public')).toEqual(ALL);
  });

  it("leave the operator's own tables alone, even with the same names", async () => {
    await open(createEmptyDatabase());
    await client.query('create table orders (id integer); create table payments (id integer)');
    await migrateLockstep();
    expect(await namesIn('public')).toEqual({ tables: ['orders', 'payments'], types: [] });
    await migrateOrders();
    expect(await namesIn('public')).toEqual({ tables: ['orders', 'payments'], types: [] });
  });
});

describe('the migrations of the orders example', () => {
  it('make its tables in a schema of their own, and leave those of Lockstep current', async () => {
    await open(createTestDatabase());
    expect(await migrateOrders()).not.toEqual([]);
    expect([await namesIn('shop'), await namesIn('public')]).toEqual([ALL, NONE]);
    for (const status of [await schemaStatus(database.url), await schemaStatus(database.url, ORDERS_MIGRATIONS)]) expect(status).toMatchObject({ pending: [], unknown: [] });
  });

  it('are applied once by two processes at once, and do nothing at the next start', async () => {
    await open(createTestDatabase());
    const applied = await Promise.all([migrateOrders(), migrateOrders()]);
    expect(applied.flat().sort()).toEqual((await schemaStatus(database.url, ORDERS_MIGRATIONS)).applied);
    expect(await migrateOrders()).toEqual([]);
  });

  it('move the rows of an earlier release', async () => {
    await openEarlier();
    await placeEarlier();
    const before = await rowsIn('public');
    await migrateLockstep();
    await Promise.all([migrateOrders(), migrateOrders()]);
    expect([await namesIn('shop'), await namesIn('public')]).toEqual([ALL, NONE]);
    expect(await rowsIn('shop')).toEqual(before);
    // A later record of the same slot comes after those that were moved.
    await client.query("insert into shop.order_outbox (slot, event_id, key, value) values (7, gen_random_uuid(), 'ann', 'third')");
    expect((await client.query<{ value: string }>("select convert_from(value, 'UTF8') as value from shop.order_outbox order by id")).rows.map(({ value }) => value)).toEqual(['first', 'second', 'third']);
  });

  it('wait for transactions of a running earlier release, and lose none of their rows', async () => {
    await openEarlier();
    const inserting = await connect();
    await inserting.query('begin');
    await placeEarlier(inserting);
    await migrateLockstep();
    const moved = migrateOrders();
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while ((await client.query(waiting)).rowCount === 0) await Promise.race([moved, new Promise(setImmediate)]);
    await inserting.query('commit');
    await inserting.end();
    await moved;
    expect((await client.query('select from shop.orders')).rowCount).toBe(1);
  });

  it('give up when they do not get a lock, with an error that a start retries', async () => {
    await openEarlier();
    const inserting = await connect();
    await inserting.query('begin');
    await placeEarlier(inserting);
    await migrateLockstep();
    await expect(migrateOrders()).rejects.toMatchObject({ code: '55P03' });
    await inserting.query('commit');
    await inserting.end();
    await migrateOrders();
    expect((await client.query('select from shop.orders')).rowCount).toBe(1);
  });

  it('refuse a database of a later release', async () => {
    await open(createTestDatabase());
    await migrateOrders();
    await client.query("insert into shop.schema_migrations (name, run_on) values ('9999_from-the-future', now())");
    await expect(migrateOrders()).rejects.toMatchObject({ code: 'schema_too_new' });
  });
});
