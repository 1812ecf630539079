import { loadShardOf } from '../harness/built-code.mjs';

const TENANT = 'default';
/** The default of KAFKA_PARTITIONS. */
const SHARDS = 8;

/** The shards of the entities `acct_0`, `acct_1`, …, in this order. */
export async function entityShards(entities) {
  const shardOf = await loadShardOf();
  return Array.from({ length: entities }, (_, n) => shardOf(TENANT, `acct_${n}`, SHARDS));
}
