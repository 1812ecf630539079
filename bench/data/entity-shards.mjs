const TENANT = 'default';
/** KAFKA_PARTITIONS' default. */
const SHARDS = 8;

/** The shards of the entities `acct_0`, `acct_1`, …, in this order. */
export async function entityShards(entities) {
  const { shardOf } = await import('#domain/shard');
  return Array.from({ length: entities }, (_, n) => shardOf(TENANT, `acct_${n}`, SHARDS));
}
