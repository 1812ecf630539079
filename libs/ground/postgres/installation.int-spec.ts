import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { ensureInstallation, forgetAdminKeyHash, keepAdminKeyHash } from './installation.js';
import { migrate, schemaStatus } from './migrate.js';
import { createPool, databaseOf } from './pool.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 4 });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('installation', () => {
  it('records the number of shards once, also when several processes start at once, and refuses another', async () => {
    await Promise.all(Array.from({ length: 4 }, () => ensureInstallation(databaseOf(pool), 8)));
    for (const table of ['shard_leases', 'shard_cursors', 'relay_leases']) {
      const { rows } = await pool.query<{ shard: number }>(`select shard from ${table} order by shard`);
      expect(rows.map(({ shard }) => shard)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    await expect(ensureInstallation(databaseOf(pool), 12)).rejects.toThrow(/KAFKA_PARTITIONS is 12.*set up with 8/);
    expect((await pool.query('select from shard_leases')).rowCount).toBe(8);
  });

  it('keeps the first admin key that was made, until one is given from outside', async () => {
    const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(await keepAdminKeyHash(databaseOf(pool), first)).toEqual(first);
    expect(await keepAdminKeyHash(databaseOf(pool), second)).toEqual(first);
    await forgetAdminKeyHash(databaseOf(pool));
    expect(await keepAdminKeyHash(databaseOf(pool), second)).toEqual(second);
    await forgetAdminKeyHash(databaseOf(pool));
    await forgetAdminKeyHash(databaseOf(pool));
    const { rows } = await pool.query<{ action: string }>('select tenant, actor_type, actor, action from audit_log order by id');
    expect(rows.map(({ action }) => action)).toEqual(['admin_key.generated', 'admin_key.replaced', 'admin_key.generated', 'admin_key.replaced']);
    expect(rows[0]).toEqual({ tenant: null, actor_type: 'system', actor: 'system', action: 'admin_key.generated' });
  });
});

describe('migrations', () => {
  it('are all applied in a fresh database, and a schema from a newer release is refused', async () => {
    expect(await schemaStatus(database.url)).toMatchObject({ pending: [], unknown: [] });
    expect(await migrate(database.url)).toEqual([]);
    await pool.query("insert into schema_migrations (name, run_on) values ('9999_from-the-future', now())");
    await expect(migrate(database.url)).rejects.toMatchObject({ code: 'schema_too_new', message: expect.stringContaining('9999_from-the-future') as unknown });
  });
});
