import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { answering, storeErrorOf } from './answering-database.js';
import { createPool, databaseOf } from './pool.js';
import { failureOf, isLockTimeout } from './sql-errors.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 2 });
  await pool.query('create table days (id integer primary key check (id <> 9), name text) partition by range (id)');
  await pool.query('create table day_1 partition of days for values from (0) to (10)');
  await pool.query('create index on days (name)');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const errorOf = (statement: string, values: unknown[] = [], runner: { query(text: string, values: unknown[]): Promise<unknown> } = pool): Promise<unknown> =>
  runner.query(statement, values).then(() => 'no error', (error: unknown) => error);

async function connecting(changes: { username?: string; pathname?: string; port?: string }): Promise<unknown> {
  const client = new pg.Client({ connectionString: Object.assign(new URL(database.url), changes).toString() });
  client.on('error', () => undefined);
  return client.connect().then(() => 'no error', (error: unknown) => error).finally(() => client.end());
}

describe('failureOf', () => {
  it.each([
    ['a text with a NUL', 'insert into days values (1, $1)', ['a\0b'], 'bad_value'],
    ['a number that is out of range', 'insert into days values ($1)', ['99999999999'], 'bad_value'],
    ['an index row that is too large', "insert into days select 2, string_agg(md5(i::text), '') from generate_series(1, 10000) i", [], 'bad_value'],
    ['a broken constraint', 'insert into days values (9)', [], 'constraint'],
    ['a missing partition, though its code blames the row', 'insert into days values (50)', [], 'unavailable'],
    ['a statement that was cancelled', 'select pg_cancel_backend(pg_backend_pid())', [], 'unavailable'],
    ['a missing table', 'select from no_such_table', [], 'other_schema'],
    ['a missing column', 'select no_such_column from days', [], 'other_schema'],
    ['a wrong statement', 'selekt', [], 'fault'],
    ['a deadlock', "do $$ begin raise exception 'x' using errcode = '40P01'; end $$", [], 'conflict'],
    ['a serialization failure', "do $$ begin raise exception 'x' using errcode = '40001'; end $$", [], 'conflict'],
  ])('knows %s', async (_name, statement, values, failure) => {
    const error = await errorOf(statement, values);
    expect(error).toBeInstanceOf(pg.DatabaseError);
    expect(failureOf(error)).toBe(failure);
  });

  it('knows a missing partition in any language of the server', async () => {
    const error = await errorOf('insert into days values (50)');
    expect(failureOf(Object.assign(error as Error, { message: 'keine Partition von Relation »days« für die Zeile gefunden' }))).toBe('unavailable');
  });

  it('knows a connection that cannot be made, and a database or user that is not there yet', async () => {
    expect(failureOf(await connecting({ port: '9' }))).toBe('unavailable');
    expect(failureOf(await connecting({ pathname: '/no_such_database' }))).toBe('being_set_up');
  });

  it('knows a lock that is not free', async () => {
    const holder = await pool.connect();
    try {
      await holder.query('begin; lock table days');
      const error = await errorOf('do $$ begin lock table days nowait; end $$');
      expect([isLockTimeout(error), failureOf(error)]).toEqual([true, 'unavailable']);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });
});

describe('storeErrorOf and answering', () => {
  it('give invalid_request for a bad value, store_unavailable when Postgres may have committed, else the error itself', async () => {
    const serving = answering(databaseOf(pool));
    expect(await errorOf('insert into days values (1, $1)', ['a\0b'], serving)).toMatchObject({ code: 'invalid_request' });
    expect(await errorOf('insert into days values (51)', [], serving)).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('if the request had one') });
    expect(await errorOf('insert into days values (9)', [], serving)).toMatchObject({ code: '23514' });
  });

  it('leave an error of ours as it is', async () => {
    const known = storeErrorOf(await errorOf('insert into days values (50)'));
    expect(known).toMatchObject({ code: 'store_unavailable', retryAfterSeconds: 1 });
    expect(storeErrorOf(known)).toBe(known);
    expect(failureOf(known)).toBe('unavailable');
  });
});
