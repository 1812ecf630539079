import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { sharedServers } from '#dev/testing/shared-servers';
import { captureLog } from '#dev/testing/log-capture';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { type StartupParameters, StartupProxy } from './fixtures/startup-proxy.js';
import { migrate } from './migrate.js';
import { createPool } from './pool.js';
import { PostgresModule } from './postgres.module.js';
import { ServerCheck } from './server-check.js';

let database: TestDatabase;
let admin: pg.Client;
let role: string;
/** Of the role. */
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.url);
  await admin.connect();
  role = `role_${randomBytes(4).toString('hex')}`;
  await admin.query(`create role ${role} login password 'secret'`);
  url = Object.assign(new URL(database.url), { username: role, password: 'secret' }).toString();
});

afterAll(async () => {
  await admin.end();
  await database.drop();
  const server = new pg.Client(sharedServers().databaseUrl);
  await server.connect();
  await server.query(`drop role ${role}`);
  await server.end();
});

/** Checks as a process does that has two connections. Returns the risks that it logs. */
async function check(databaseUrl: string): Promise<string[]> {
  const captured = captureLog();
  const app = await testModules(databaseUrl, [PostgresModule.pool({ name: 'test', max: 2 })], { logger: captured.logger }).compile();
  try {
    for (let i = 0; i < 2; i++) await app.get(ServerCheck).run();
  } finally {
    await app.close();
  }
  return captured.lines.map(({ risk }) => String(risk));
}

async function behindProxy(change: (parameters: StartupParameters) => StartupParameters | string, act: (proxied: string) => Promise<unknown>): Promise<void> {
  const proxy = await StartupProxy.start(database.url, change);
  await act(proxy.url);
  await proxy.stop();
}

async function withRoleSettings(settings: string, act: () => Promise<unknown>): Promise<void> {
  await admin.query(`alter role ${role} ${settings}`);
  await act();
  await admin.query(`alter role ${role} reset all`);
  await admin.query(`alter role ${role} connection limit -1`);
}

it('passes the server of the tests, which runs without fsync', async () => {
  expect(await check(url)).toEqual([expect.stringContaining('fsync is off'), expect.stringContaining('full_page_writes is off')]);
});

it.each(['unsupported startup parameter: options', 'unsupported startup parameter in options: search_path'])('refuses a pooler that refuses its settings with "%s"', async (message) => {
  await behindProxy(() => message, async (proxied) => {
    for (const act of [check, migrate]) await expect(act(proxied)).rejects.toMatchObject({ code: 'postgres_unsuitable', retriable: false, message: expect.stringContaining('Set DATABASE_URL to the address of Postgres itself') as unknown });
  });
});

it('waits for Postgres behind a pooler that does not reach it', async () => {
  await behindProxy(() => 'server login failed', async (proxied) => expect(check(proxied)).rejects.toMatchObject({ code: '08P01' }));
});

it('refuses a pooler that drops its settings', async () => {
  const withoutOptions = (parameters: StartupParameters): StartupParameters => new Map([...parameters].filter(([name]) => name !== 'options'));
  await behindProxy(withoutOptions, async (proxied) => expect(check(proxied)).rejects.toThrow(/plan_cache_mode=auto.*a connection pooler such as PgBouncer drops them/));
});

it('refuses a server that does not know a setting, which is older than 17', async () => {
  const older = (parameters: StartupParameters): StartupParameters => new Map([...parameters].map(([name, value]) => [name, value.replaceAll('transaction_timeout=', 'not_yet=').replaceAll('idle_in_not_yet', 'idle_in_transaction_session_timeout')]));
  await behindProxy(older, async (proxied) => expect(check(proxied)).rejects.toThrow(/"not_yet".*use Postgres 17 or newer/));
});

it('refuses a database that cannot hold every text', async () => {
  const name = `latin_${randomBytes(4).toString('hex')}`;
  await admin.query(`create database ${name} encoding 'LATIN1' locale 'C' template template0`);
  await expect(check(Object.assign(new URL(database.url), { pathname: `/${name}` }).toString())).rejects.toThrow(/LATIN1.*create database/);
  await admin.query(`drop database ${name} with (force)`);
});

it('refuses a session without triggers', async () => {
  await withRoleSettings('set session_replication_role = replica', async () => expect(check(url)).rejects.toThrow(/reset session_replication_role/));
});

it('refuses to begin anew in another schema than the one that has its tables', async () => {
  const other = await createEmptyDatabase();
  const inSchema = new URL(other.url);
  inSchema.searchParams.set('options', '-c search_path=elsewhere');
  const client = new pg.Client(other.url);
  await client.connect();
  await client.query('create schema elsewhere');
  await client.end();
  expect(await migrate(inSchema.toString())).not.toEqual([]);
  await expect(migrate(other.url)).rejects.toThrow('?options=-c%20search_path%3Delsewhere');
  expect(await migrate(`${other.url}?options=-c%20search_path%3Delsewhere`)).toEqual([]);
  await other.drop();
});

it('warns of limits that are too low for the process alone, and of a transaction_timeout', async () => {
  await withRoleSettings('connection limit 1', async () => expect(await check(url)).toContainEqual(expect.stringContaining('allows this role 1 connections, and this process alone uses up to 2')));
  await withRoleSettings("set transaction_timeout = '1min'", async () => expect(await check(url)).toContainEqual(expect.stringContaining('reset transaction_timeout')));
});

it('runs no parallel worker, which begins with the time limit of the role', async () => {
  await withRoleSettings('set transaction_timeout = 1', async () => {
    for (const setting of ['max_parallel_workers_per_gather = 4', 'parallel_setup_cost = 0', 'parallel_tuple_cost = 0', 'min_parallel_table_scan_size = 0']) await admin.query(`alter role ${role} set ${setting}`);
    const pool = createPool({ databaseUrl: url, applicationName: 'test', max: 1 });
    expect((await pool.query('select count(*) > 0 as found from pg_class')).rows).toEqual([{ found: true }]);
    await pool.end();
  });
});
