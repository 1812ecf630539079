import { describe, expect, it } from '@jest/globals';
import { type CycleResult, ShardBackoff } from './shard-backoff.js';

const SHARDS = [0, 1, 2];

/** A cycle that reads all shards, with one row of each of these. */
function cycle(read: readonly number[], sent: readonly number[], failedShards: readonly number[] = []): CycleResult {
  return { shards: SHARDS, read: read.map((shard) => ({ shard })), sent: sent.map((shard) => ({ shard })), failedShards };
}

/** Shard 1 has failed so many times, each time as soon as it was read again. Returns when it is read next. */
function fail(backoff: ShardBackoff, times: number, nowMs = 0): number {
  let atMs = nowMs;
  for (let i = 0; i < times; i++) {
    backoff.update(cycle([1], [], [1]), atMs);
    while (!backoff.ready(SHARDS, atMs).includes(1)) atMs += 1;
  }
  return atMs;
}

describe('ShardBackoff', () => {
  it('reads all shards while none has failed', () => {
    const backoff = new ShardBackoff();
    backoff.update(cycle(SHARDS, [0]), 0);
    expect([backoff.size, backoff.ready(SHARDS, 0)]).toEqual([0, SHARDS]);
  });

  it('leaves a shard alone after a failure, twice as long each time, up to a second; and no other', () => {
    const backoff = new ShardBackoff();
    backoff.update(cycle(SHARDS, [0, 2], [1]), 1_000);
    expect([backoff.ready(SHARDS, 1_099), backoff.ready(SHARDS, 1_100)]).toEqual([[0, 2], SHARDS]);
    expect([1, 2, 3, 4, 5, 6].map((times) => fail(new ShardBackoff(), times))).toEqual([100, 300, 700, 1_500, 2_500, 3_500]);
  });

  it('starts again at the shortest backoff once rows of the shard were sent, or it had none', () => {
    for (const rows of [[1], []]) {
      const backoff = new ShardBackoff();
      const atMs = fail(backoff, 3);
      backoff.update(cycle(rows, rows), atMs);
      expect(backoff.size).toBe(0);
      expect(fail(backoff, 1, atMs)).toBe(atMs + 100);
    }
  });

  it('keeps a shard in backoff whose rows did not fit into the send', () => {
    const backoff = new ShardBackoff();
    const atMs = fail(backoff, 3);
    backoff.update(cycle([0, 1], [0]), atMs);
    expect(backoff.size).toBe(1);
    expect(fail(backoff, 1, atMs)).toBe(atMs + 800);
  });

  it('keeps a shard in backoff of which only the first rows were sent', () => {
    const backoff = new ShardBackoff();
    const atMs = fail(backoff, 1);
    backoff.update(cycle([1], [1], [1]), atMs);
    expect([backoff.ready(SHARDS, atMs + 199), backoff.ready(SHARDS, atMs + 200)]).toEqual([[0, 2], SHARDS]);
  });

  it('keeps a shard in backoff that was not read', () => {
    const backoff = new ShardBackoff();
    fail(backoff, 1);
    backoff.update({ shards: [0, 2], read: [], sent: [], failedShards: [] }, 50);
    expect(backoff.size).toBe(1);
  });

  it('forgets a shard that the relay no longer has', () => {
    const backoff = new ShardBackoff();
    backoff.update(cycle([1], [], [1]), 0);
    expect(backoff.ready([0, 2], 1)).toEqual([0, 2]);
    expect([backoff.size, backoff.ready(SHARDS, 2)]).toEqual([0, SHARDS]);
  });
});
