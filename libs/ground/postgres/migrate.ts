import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { projectRoot } from '#ground/config/project-root';
import { StartError } from '#ground/process/start-error';
import type { Logger } from '#ground/telemetry/logger';
import { databaseOf } from './pool.js';
import { inspectServer } from './server.js';
import { inSession } from './session.js';

const TABLE = 'schema_migrations';

/** A folder of migrations, and the schema in which they are applied and recorded. */
export interface Migrations {
  readonly folder: string;
  /** Made when it is missing. Undefined: that of the session. */
  readonly schema?: string;
}

const LOCKSTEP: Migrations = { folder: path.join(projectRoot(), 'migrations') };

export interface SchemaStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied by a newer release. */
  readonly unknown: readonly string[];
}

/** The migrations that the database has, lacks, and has from a newer release. */
export async function schemaStatus(databaseUrl: string, migrations = LOCKSTEP): Promise<SchemaStatus> {
  return inSession(databaseUrl, (client) => statusOn(client, migrations));
}

/**
 * Applies the migrations that the database lacks, each in a transaction, and returns their names. An advisory lock makes
 * other processes wait.
 * @param onNotice gets what a migration says with RAISE NOTICE
 * @throws StartError schema_too_new when the database was migrated by a newer release; postgres_unsuitable, postgres_standby
 */
export async function migrate(databaseUrl: string, migrations = LOCKSTEP, onNotice: (text: string) => void = () => undefined): Promise<string[]> {
  return inSession(databaseUrl, async (client) => {
    await inspectServer(databaseOf(client));
    const { unknown, pending } = await statusOn(client, migrations);
    if (unknown.length > 0) {
      throw new StartError('schema_too_new', `The database has migrations that this release does not know (${unknown.join(', ')}): start the release that applied them, or a newer one`);
    }
    if (pending.length === 0) return [];
    client.on('notice', ({ message }) => onNotice(message ?? ''));
    const applied = await runner({
      dbClient: client,
      dir: migrations.folder,
      direction: 'up',
      ...(migrations.schema === undefined ? {} : { schema: migrations.schema, createSchema: true }),
      migrationsTable: TABLE,
      advisoryLockMode: 'wait',
      singleTransaction: false,
      log: () => undefined,
    });
    return applied.map(({ name }) => name);
  });
}

/** As `migrate`, and logs the names of the applied migrations. */
export async function migrateAndLog(databaseUrl: string, logger: Logger, migrations = LOCKSTEP): Promise<void> {
  const applied = await migrate(databaseUrl, migrations, (notice) => logger.info({ notice }, 'A migration reports'));
  if (applied.length > 0) logger.info({ migrations: applied }, 'Database migrated');
}

async function statusOn(client: pg.Client, { folder, schema }: Migrations): Promise<SchemaStatus> {
  const table = schema === undefined ? TABLE : `${schema}.${TABLE}`;
  const { rows: [found] } = await client.query<{ present: boolean }>('select to_regclass($1) is not null as present', [table]);
  const { rows } = found?.present === true ? await client.query<{ name: string }>(`select name from ${table} order by id`) : { rows: [] };
  const applied = rows.map(({ name }) => name);
  const known = await namesIn(folder);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder);
  return files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length)).sort();
}
