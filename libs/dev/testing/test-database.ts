import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '#ground/postgres/migrate';
import { sharedServers } from './shared-servers.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const TEMPLATE = 'lockstep_template';

/** Creates a migrated database for a suite, copied from a template that the run migrates once. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return onServer(async (server) => {
    // One suite makes the template; the others wait for it here. The lock goes with the session.
    await server.query('select pg_advisory_lock($1)', [7_301_944]);
    const { rowCount } = await server.query('select from pg_database where datname = $1 and datistemplate', [TEMPLATE]);
    if (rowCount === 0) {
      await server.query(`drop database if exists ${TEMPLATE}`);
      await server.query(`create database ${TEMPLATE}`);
      await migrate(urlOf(TEMPLATE));
      await server.query(`alter database ${TEMPLATE} is_template true`);
    }
    return create(server, `template ${TEMPLATE}`);
  });
}

/** A database of the suite's own without tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return onServer((server) => create(server));
}

/** A copy of a database without connections. */
export async function copyOf({ url }: TestDatabase): Promise<TestDatabase> {
  return onServer((server) => create(server, `template ${new URL(url).pathname.slice(1)}`));
}

async function create(server: pg.Client, options = ''): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await server.query(`create database ${name} ${options}`);
  return { url: urlOf(name), drop: () => onServer((each) => each.query(`drop database if exists ${name} with (force)`)).then(() => undefined) };
}

async function onServer<Result>(work: (server: pg.Client) => Promise<Result>): Promise<Result> {
  const server = new pg.Client(sharedServers().databaseUrl);
  await server.connect();
  try {
    return await work(server);
  } finally {
    await server.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(sharedServers().databaseUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
