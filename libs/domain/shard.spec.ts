import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { laneKey, murmur2, shardOf } from './shard.js';

const require = createRequire(import.meta.url);
const theirMurmur2 = require('kafkajs/src/producer/partitioners/default/murmur2.js') as (key: Buffer) => number;

// Values of org.apache.kafka.common.utils.UtilsTest#testMurmur2 (Apache Kafka 4.x).
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
])('murmur2 of %j is that of the Java client', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test("murmur2 of any bytes is kafkajs' own", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(murmur2(bytes)).toBe(theirMurmur2(Buffer.from(bytes)));
    }),
    { numRuns: 1_000 },
  );
});

test("a shard is the partition that kafkajs' default partitioner gives the record's key", async () => {
  const { Partitioners } = await import('kafkajs');
  const partition = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9_-]{1,20}$/), fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 64 }), (tenant, entity, shards) => {
      const partitionMetadata = Array.from({ length: shards }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 1, replicas: [], isr: [] }));
      const message = { key: laneKey(tenant, entity), value: null };
      expect(shardOf(tenant, entity, shards)).toBe(partition({ topic: 'events', partitionMetadata, message }));
    }),
  );
});

test('every shard gets entities', () => {
  const shards = new Set(Array.from({ length: 1_000 }, (_, n) => shardOf('default', `acct_${n}`, 8)));
  expect([...shards].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
