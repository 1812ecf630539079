import { describe, expect, it } from '@jest/globals';
import { shardOf } from '#domain/shard';
import type { Arrival, FaultRecord } from './history.js';
import { recoveriesOf, stuckWhileIsolated } from './recovery.js';

const SHARDS = 2;
const entityOn = (shard: number): string => Array.from({ length: 50 }, (_, i) => `e${i}`).find((entity) => shardOf('default', entity, SHARDS) === shard) ?? '';
const arrival = (shard: number, arrivedAtMs: number): Arrival => ({
  endpoint: 'ep', eventId: '', deliveryId: '', entity: entityOn(shard), key: '', sequence: 1, attempt: 1, redelivered: false, replayed: false,
  arrivedAtMs, endedAtMs: arrivedAtMs, status: 200,
});
const fault = (changes: Partial<FaultRecord> = {}): FaultRecord => ({ kind: 'cut', target: 'x', fromMs: 1_000, untilMs: 2_000, ...changes });

describe('recoveriesOf', () => {
  it('is the slowest shard’s next arrival after the end', () => {
    const [recovery] = recoveriesOf([fault()], [arrival(0, 900), arrival(0, 2_100), arrival(1, 1_500), arrival(1, 2_700)], SHARDS);
    expect(recovery).toMatchObject({ recoveredMs: 700, longestGapMs: 1_200, slowestShard: 1 });
  });

  it('counts from the kill, and says when a shard never came back', () => {
    const [kill] = recoveriesOf([fault({ kind: 'kill' })], [arrival(0, 1_100), arrival(1, 1_300)], SHARDS);
    expect(kill?.recoveredMs).toBe(300);
    const [never] = recoveriesOf([fault()], [arrival(0, 2_100)], SHARDS);
    expect(never?.recoveredMs).toBe(Infinity);
  });
});

describe('stuckWhileIsolated', () => {
  const isolated = fault({ kind: 'isolate-from-kafka', untilMs: 40_000 });
  const steady = Array.from({ length: 50 }, (_, i) => arrival(0, i * 1_000));

  it('names a shard that nobody took over', () => {
    const recoveries = recoveriesOf([isolated], [...steady, arrival(1, 1_500), arrival(1, 40_100)], SHARDS);
    expect(stuckWhileIsolated(recoveries)).toEqual(['shard 1 stood still for 38.6 s while x was cut, which lasted 39.0 s']);
  });

  it('lets a takeover have its time', () => {
    const recoveries = recoveriesOf([isolated], [...steady, arrival(1, 1_500), arrival(1, 21_000), arrival(1, 40_100)], SHARDS);
    expect(stuckWhileIsolated(recoveries)).toEqual([]);
  });
});
