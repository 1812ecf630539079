import { forgetAdminKey } from './installation-forget-admin-key.queries.js';
import { keepAdminKey } from './installation-keep-admin-key.queries.js';
import { recordInstallation } from './installation-record.queries.js';
import { StartError } from '#ground/process/start-error';
import type { Database } from './pool.js';

/**
 * Records the number of shards at the first start, and checks it at each later one.
 * @throws StartError shards_changed
 */
export async function ensureInstallation(database: Database, shards: number): Promise<void> {
  const [installed] = await recordInstallation.run({ shards }, database);
  if (installed === undefined || installed.shards === shards) return;
  throw new StartError(
    'shards_changed',
    `KAFKA_PARTITIONS is ${shards}, but this database was set up with ${installed.shards}: another number would send an entity's events ` +
      `to another shard and break their order. Set KAFKA_PARTITIONS=${installed.shards}`,
  );
}

/** Stores the hash of a generated admin key unless one is stored. Returns the stored hash. */
export async function keepAdminKeyHash(database: Database, hash: Buffer): Promise<Buffer> {
  const [kept] = await keepAdminKey.run({ hash }, database);
  return kept?.hash ?? hash;
}

/** Invalidates a generated admin key, because the environment sets one. */
export async function forgetAdminKeyHash(database: Database): Promise<void> {
  await forgetAdminKey.run(undefined, database);
}
