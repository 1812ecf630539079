import { describe, expect, it } from '@jest/globals';
import { shardOf } from '#domain/shard';
import type { Arrival, FaultRecord, PostedEvent } from './history.js';
import { recoveriesOf, slowRecoveries, stuckWhileIsolated } from './recovery.js';
import { RECEIVER_LINK } from './topology.js';

const SHARDS = 2;
const entityOn = (shard: number): string => Array.from({ length: 50 }, (_, i) => `e${i}`).find((entity) => shardOf('default', entity, SHARDS) === shard) ?? '';
const arrival = (shard: number, arrivedAtMs: number): Arrival => ({
  endpoint: 'ep', eventId: '', deliveryId: '', entity: entityOn(shard), key: '', sequence: 1, attempt: 1, redelivered: false, replayed: false,
  generations: { url: 1, secret: 1, headers: 1 }, arrivedAtMs, endedAtMs: arrivedAtMs, status: 200, oddity: undefined, closedReused: false,
});
const accepted = (eventId: string, shard: number, atMs: number): PostedEvent => ({
  origin: 'api', key: eventId, entity: entityOn(shard), tries: [{ sentAtMs: atMs, answeredAtMs: atMs, answer: { kind: 'accepted', eventId, replayed: false } }],
});
const arrived = (eventId: string, shard: number, atMs: number): Arrival => ({ ...arrival(shard, atMs), eventId });
const fault = (changes: Partial<FaultRecord> = {}): FaultRecord => ({ kind: 'cut', target: 'x', fromMs: 1_000, untilMs: 2_000, ...changes });

describe('recoveriesOf', () => {
  it('counts until the slowest shard’s next arrival after the fault', () => {
    const [recovery] = recoveriesOf([fault()], [arrival(0, 900), arrival(0, 2_100), arrival(1, 1_500), arrival(1, 2_700)], SHARDS);
    expect(recovery).toMatchObject({ recoveredMs: 700, longestGapMs: 1_200 });
  });

  it('counts from a kill to the end of the silence that follows, despite requests already sent', () => {
    const [kill] = recoveriesOf([fault({ kind: 'kill' })], [arrival(0, 1_001), arrival(0, 1_900), arrival(0, 2_100), arrival(1, 1_300), arrival(1, 2_050)], SHARDS);
    expect(kill).toMatchObject({ recoveredMs: 900, longestGapMs: 899 });
  });

  it('is infinite for a shard that has no more arrivals', () => {
    const [never] = recoveriesOf([fault()], [arrival(0, 2_100)], SHARDS);
    expect(never?.recoveredMs).toBe(Infinity);
  });
});

describe('slowRecoveries', () => {
  const kill = fault({ kind: 'kill', target: 'dispatcher 1', fromMs: 1_000, untilMs: 5_000 });
  const back = fault({ kind: 'restart-kafka', target: 'Kafka', fromMs: 1_000, untilMs: 8_000 });
  const slow = (faults: FaultRecord[], acceptedMs: number, arrivedMs: number): string[] =>
    slowRecoveries(faults, [accepted('a', 0, 900), accepted('b', 0, acceptedMs)], [arrived('a', 0, 990), arrived('b', 0, arrivedMs)], SHARDS);

  it('reports shards that are silent for longer than promised after a dispatcher’s kill', () => {
    expect(slow([kill], 1_100, 16_300)).toEqual(['shard 0 was silent for 15.2 s after kill dispatcher 1 while events were waiting; the limit is 15.0 s']);
    expect(slow([kill], 1_100, 15_900)).toEqual([]);
    expect(slow([{ ...kill, target: 'gateway 1' }], 1_100, 16_300)).toEqual([]);
  });

  it('counts from the return of Postgres or Kafka, and ignores earlier silence', () => {
    expect(slow([back], 1_100, 17_900)).toEqual([]);
    expect(slow([back], 1_100, 18_100)).toEqual(['shard 0 was silent for 10.1 s after restart-kafka Kafka while events were waiting; the limit is 10.0 s']);
  });

  it('gives a receiver that returns about as long as its breakers have been open', () => {
    const down = (fromMs: number, untilMs: number, changes: Partial<FaultRecord> = {}): FaultRecord => fault({ kind: 'receiver-down', target: 'receiver', fromMs, untilMs, ...changes });
    const silentFor = (ms: number, faults: FaultRecord[], returnedMs: number): string[] => slow(faults, returnedMs - 500, returnedMs + ms);
    // It opened within 8 s: 1, 2, 4 s, and 8 s that had begun.
    const short = [down(2_000, 10_000)];
    expect(silentFor(15_700, short, 10_000)).toEqual([]);
    expect(silentFor(15_900, short, 10_000)).toEqual(['shard 0 was silent for 15.9 s after receiver-down receiver while events were waiting; the limit is 15.8 s']);
    // It remembers what it opened for before.
    const again = [down(2_000, 10_000), down(40_000, 46_000, { kind: 'receiver-failing' })];
    expect(silentFor(58_000, again, 46_000)).toEqual([]);
    expect(silentFor(60_000, again, 46_000)).toHaveLength(1);
    // But only a minute after it has closed, and it never waits longer than a minute.
    expect(silentFor(13_500, [down(2_000, 10_000), down(190_000, 196_000)], 196_000)).toHaveLength(1);
    expect(silentFor(64_900, [down(2_000, 80_000)], 80_000)).toEqual([]);
    expect(silentFor(65_100, [down(2_000, 80_000)], 80_000)).toHaveLength(1);
    // A link that is cut is a receiver that does not answer, but no other link is.
    const cut = (target: string): FaultRecord[] => [fault({ kind: 'cut', target, fromMs: 2_000, untilMs: 10_000 })];
    expect(silentFor(15_900, cut(RECEIVER_LINK), 10_000)).toHaveLength(1);
    expect(silentFor(60_000, cut('dispatcher 1 – Kafka'), 10_000)).toEqual([]);
  });

  it('does not charge a fault with the effect of the next one', () => {
    const under = (fromMs: number): FaultRecord => fault({ kind: 'isolate-from-postgres', target: 'dispatcher 1', fromMs, untilMs: fromMs + 30_000 });
    const slowUnder = (fromMs: number): string[] =>
      slowRecoveries([back, under(fromMs)], [accepted('a', 0, 900), accepted('b', 0, 8_900)], [arrived('a', 0, 8_100), arrived('b', 0, 60_000)], SHARDS);
    expect(slowUnder(9_000)).toEqual([]);
    expect(slowUnder(18_000)).toEqual([]);
    expect(slowUnder(20_000)).toEqual(['shard 0 was silent for 11.1 s after restart-kafka Kafka while events were waiting; the limit is 10.0 s']);
  });

  it('counts only while an accepted event waits', () => {
    expect(slow([kill, back], 16_000, 20_000)).toEqual([]);
    // The checker reports events that never arrive.
    const events = [accepted('dead', 0, 500), accepted('a', 0, 900), accepted('b', 0, 30_000)];
    expect(slowRecoveries([kill], events, [arrived('a', 0, 990), arrived('b', 0, 30_010)], SHARDS)).toEqual([]);
  });

  it('does not count the time that a record waits in its topic', () => {
    const fromTopic: PostedEvent = { origin: 'topic', key: 'a', entity: entityOn(0), tries: [{ sentAtMs: 900, answeredAtMs: 900, answer: { kind: 'acknowledged' } }], record: { partition: 0, offset: 0, eventIds: ['a'] } };
    expect(slowRecoveries([kill], [fromTopic], [arrived('a', 0, 16_300)], SHARDS)).toEqual([]);
    expect(slowRecoveries([kill], [accepted('a', 0, 900)], [arrived('a', 0, 16_300)], SHARDS)).toHaveLength(1);
  });

  it('ignores a shard that delivers slowly, and later silence', () => {
    const events = Array.from({ length: 40 }, (_, i) => accepted(`e${i}`, 0, 1_000));
    const arrivals = Array.from({ length: 40 }, (_, i) => arrived(`e${i}`, 0, 2_000 + i * 900));
    expect(slowRecoveries([kill, back], events, arrivals, SHARDS)).toEqual([]);
    expect(slowRecoveries([kill], [accepted('a', 0, 900), accepted('b', 0, 1_500), accepted('c', 0, 1_500), accepted('d', 0, 40_000)],
      [arrived('a', 0, 990), arrived('b', 0, 14_000), arrived('c', 0, 16_100), arrived('d', 0, 80_000)], SHARDS)).toEqual([]);
  });
});

describe('stuckWhileIsolated', () => {
  const isolated = fault({ kind: 'isolate-from-kafka', fromMs: 0, untilMs: 30_000 });
  const events = [accepted('a', 0, 100), accepted('b', 1, 200), accepted('c', 1, 900)];

  it('reports a shard that no dispatcher took over', () => {
    const arrivals = [arrived('a', 0, 300), arrived('b', 1, 30_100), arrived('c', 1, 30_200)];
    expect(stuckWhileIsolated([isolated], events, arrivals, SHARDS))
      .toEqual(['shard 1 was stuck while x was isolated for 30.0 s: 2 of the 2 events accepted in its first tenth had not arrived by its end']);
    // Some were sent before the dispatcher noticed the cut.
    const most = [accepted('d', 1, 300), ...events];
    expect(stuckWhileIsolated([isolated], most, [arrived('d', 1, 310), ...arrivals], SHARDS)).toHaveLength(1);
  });

  it('allows time for a takeover, and ignores shards without load', () => {
    const arrivals = [arrived('a', 0, 300), arrived('b', 1, 24_000)];
    expect(stuckWhileIsolated([isolated], events, arrivals, SHARDS)).toEqual([]);
    expect(stuckWhileIsolated([isolated], events.slice(0, 1), arrivals, SHARDS)).toEqual([]);
  });
});
