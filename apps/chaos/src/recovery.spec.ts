import { describe, expect, it } from '@jest/globals';
import { shardOf } from '#domain/shard';
import type { Arrival, FaultRecord, PostedEvent } from './history.js';
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
    expect(recovery).toMatchObject({ recoveredMs: 700, longestGapMs: 1_200 });
  });

  it('counts from a kill to the end of the silence that follows, whatever was still on its way', () => {
    const [kill] = recoveriesOf([fault({ kind: 'kill' })], [arrival(0, 1_001), arrival(0, 1_900), arrival(0, 2_100), arrival(1, 1_300), arrival(1, 2_050)], SHARDS);
    expect(kill).toMatchObject({ recoveredMs: 1_050, longestGapMs: 899 });
  });

  it('says when a shard never came back', () => {
    const [never] = recoveriesOf([fault()], [arrival(0, 2_100)], SHARDS);
    expect(never?.recoveredMs).toBe(Infinity);
  });
});

describe('stuckWhileIsolated', () => {
  const isolated = fault({ kind: 'isolate-from-kafka', fromMs: 0, untilMs: 30_000 });
  const accepted = (eventId: string, shard: number, atMs: number): PostedEvent => ({
    key: eventId, entity: entityOn(shard), tries: [{ sentAtMs: atMs, answeredAtMs: atMs, answer: { kind: 'accepted', eventId } }],
  });
  const events = [accepted('a', 0, 100), accepted('b', 1, 200), accepted('c', 1, 900)];
  const arrived = (eventId: string, shard: number, atMs: number): Arrival => ({ ...arrival(shard, atMs), eventId });

  it('names a shard that nobody took over', () => {
    const arrivals = [arrived('a', 0, 300), arrived('b', 1, 30_100), arrived('c', 1, 30_200)];
    expect(stuckWhileIsolated([isolated], events, arrivals, SHARDS))
      .toEqual(['shard 1 stood still while x was cut for 30.0 s: none of the 2 events accepted at its beginning arrived before its end']);
  });

  it('lets a takeover have its time, and knows nothing of shards without load', () => {
    const arrivals = [arrived('a', 0, 300), arrived('b', 1, 24_000)];
    expect(stuckWhileIsolated([isolated], events, arrivals, SHARDS)).toEqual([]);
    expect(stuckWhileIsolated([isolated], events.slice(0, 1), arrivals, SHARDS)).toEqual([]);
  });
});
