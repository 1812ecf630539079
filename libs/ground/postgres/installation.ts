import { forgetAdminKey } from './installation-forget-admin-key.queries.js';
import { keepAdminKey } from './installation-keep-admin-key.queries.js';
import { recordInstallation } from './installation-record.queries.js';
import type { Database } from './pool.js';

/** Thrown when KAFKA_PARTITIONS differs from the number of shards that the database was set up with. */
export class ShardsChangedError extends Error {
  override readonly name = 'ShardsChangedError';
  readonly code = 'shards_changed';

  constructor(given: number, recorded: number) {
    super(
      `KAFKA_PARTITIONS is ${given}, but this database was set up with ${recorded}: another number would send an entity's events ` +
        `to another shard and break their order. Set KAFKA_PARTITIONS=${recorded}`,
    );
  }
}

/**
 * Makes sure that the installation has this number of shards, recording it at the first start.
 * @throws ShardsChangedError
 */
export async function ensureInstallation(database: Database, shards: number): Promise<void> {
  const [installed] = await recordInstallation.run({ shards }, database);
  if (installed !== undefined && installed.shards !== shards) throw new ShardsChangedError(shards, installed.shards);
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
