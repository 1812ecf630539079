import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { projectRoot } from '#ground/config/project-root';
import { StartError } from '#ground/process/start-error';
import type { Logger } from '#ground/telemetry/logger';

const TABLE = 'schema_migrations';

export interface SchemaStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied by a newer release. */
  readonly unknown: readonly string[];
}

/** Which migrations the database has, lacks, and has from a newer release. */
export async function schemaStatus(databaseUrl: string): Promise<SchemaStatus> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: [table] } = await client.query<{ present: boolean }>('select to_regclass($1) is not null as present', [TABLE]);
    const { rows } = table?.present === true
      ? await client.query<{ name: string }>(`select name from ${TABLE} order by id`)
      : { rows: [] };
    const applied = rows.map(({ name }) => name);
    const known = await knownMigrations();
    return {
      applied,
      pending: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
    };
  } finally {
    await client.end();
  }
}

/**
 * Applies the migrations that the database lacks, each in a transaction, under an advisory lock on which other
 * processes wait. Returns the names of those applied.
 * @throws StartError schema_too_new when the database was migrated by a newer release
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const { unknown, pending } = await schemaStatus(databaseUrl);
  if (unknown.length > 0) {
    throw new StartError('schema_too_new', `The database has migrations that this release does not know (${unknown.join(', ')}): start the release that applied them, or a newer one`);
  }
  if (pending.length === 0) return [];
  const applied = await runner({
    databaseUrl,
    dir: migrationsFolder(),
    direction: 'up',
    migrationsTable: TABLE,
    advisoryLockMode: 'wait',
    singleTransaction: false,
    log: () => undefined,
  });
  return applied.map(({ name }) => name);
}

/** As `migrate`, with a log line that names what was applied. */
export async function migrateAndLog(databaseUrl: string, logger: Logger): Promise<void> {
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) logger.info({ migrations: applied }, 'The database was migrated');
}

function migrationsFolder(): string {
  return path.join(projectRoot(), 'migrations');
}

async function knownMigrations(): Promise<string[]> {
  const files = await readdir(migrationsFolder());
  return files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length)).sort();
}
