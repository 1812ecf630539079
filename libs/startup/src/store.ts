import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '#config/config';
import { LockstepError } from '#domain/problem';
import { storeErrorOf } from '#http/answering-database';
import { ensureInstallation } from '#postgres/installation';
import { migrate } from '#postgres/migrate';
import type { PartitionKeeper } from '#postgres/partitions';
import type { Database } from '#postgres/pool';
import { sqlStateOf } from '#postgres/sql-errors';
import type { Logger } from '#telemetry/logger';

const RETRY_MS = 2_000;
/** Not there yet: no such database (3D), no such user or another password (28). Somebody may be setting them up. */
const SETTING_UP = ['3D', '28'];

/**
 * Makes the store ready: migrated, its shards recorded, partitions ahead. Waits for Postgres for as long as it takes,
 * with a log line at each try, until `signal` is aborted.
 * @throws SchemaTooNewError, ShardsChangedError, or a migration's own error
 */
export async function prepareStore(
  { config, database, partitions, logger }: { config: Config; database: Database; partitions: PartitionKeeper; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  await onceItPasses(async () => {
    await migrateStore(config.databaseUrl, logger);
    await ensureInstallation(database, config.kafka.partitions);
    await partitions.start();
  }, logger, signal);
}

/**
 * Makes only the schema ready, for an app that has nothing to do with events; waits for Postgres as `prepareStore` does.
 * @throws SchemaTooNewError, or a migration's own error
 */
export async function prepareSchema(databaseUrl: string, logger: Logger, signal: AbortSignal): Promise<void> {
  await onceItPasses(() => migrateStore(databaseUrl, logger), logger, signal);
}

async function migrateStore(databaseUrl: string, logger: Logger): Promise<void> {
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) logger.info({ migrations: applied }, 'The database was migrated');
}

async function onceItPasses(work: () => Promise<void>, logger: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await work();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      logger.warn({ err: error }, 'Waiting for Postgres');
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined && SETTING_UP.includes(state.slice(0, 2))) return true;
  const known = storeErrorOf(error);
  return known instanceof LockstepError && known.code === 'store_unavailable' && !isNamed(error);
}

/** Our own errors say by their `code` that waiting will not help. */
function isNamed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'schema_too_new' || error.code === 'shards_changed');
}
