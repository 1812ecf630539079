import { forgetAdminKey } from './installation-forget-admin-key.queries.js';
import { keepAdminKey } from './installation-keep-admin-key.queries.js';
import { recordInstallation } from './installation-record.queries.js';
import { StartError } from '#ground/process/start-error';
import type { Database } from './pool.js';

/**
 * Makes sure that the installation has this number of shards, recording it at the first start.
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

/** Stores the hash of an admin key that was made, unless there is one; returns the one that holds. */
export async function keepAdminKeyHash(database: Database, hash: Buffer): Promise<Buffer> {
  const [kept] = await keepAdminKey.run({ hash }, database);
  return kept?.hash ?? hash;
}

/** An admin key is given from outside: one that was made before is not valid any more. */
export async function forgetAdminKeyHash(database: Database): Promise<void> {
  await forgetAdminKey.run(undefined, database);
}
