/**
 * The shard of an entity: the partition of the `events` topic for the key `tenant/entity`, by Kafka's default partitioning
 * (murmur2 of the key, sign bit cleared, modulo the number of partitions). Kafka clients in other languages find the same
 * partition.
 */
export function shardOf(tenant: string, entity: string, shards: number): number {
  return partitionOf(laneKey(tenant, entity), shards);
}

/** The partition of a record with this key, as Kafka's Java client chooses it. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** The key of an entity's records on every Lockstep topic. */
export function laneKey(tenant: string, entity: string): string {
  return `${tenant}/${entity}`;
}

/** 32-bit murmur2 with the seed and the mixing of Kafka's Java client (org.apache.kafka.common.utils.Utils#murmur2). */
export function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  const length = data.length;
  let h = 0x9747b28c ^ length;
  const words = length >> 2;
  for (let i = 0; i < words; i++) {
    const at = i << 2;
    let k = byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const tail = words << 2;
  switch (length & 3) {
    case 3:
      h ^= byte(data, tail + 2) << 16;
    // falls through
    case 2:
      h ^= byte(data, tail + 1) << 8;
    // falls through
    case 1:
      h = Math.imul(h ^ byte(data, tail), m);
  }
  h ^= h >>> 13;
  h = Math.imul(h, m);
  h ^= h >>> 15;
  return h | 0;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}
