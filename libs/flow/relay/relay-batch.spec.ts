import { describe, expect, it } from '@jest/globals';
import { fitting, grouped } from './relay-batch.js';
import type { RelayRow } from './relay-source.js';

const row = (sequence: number, shard: number, bytes: number, topic = 'events'): RelayRow =>
  ({ sequence, shard, topic, message: { key: null, value: Buffer.alloc(bytes), partition: shard } });

const bounds = (batch: number): { batch: number; send: number } => ({ batch, send: 10_000 });

describe('fitting', () => {
  it("limits the bytes of each partition, and holds back all later rows of the shard", () => {
    const rows = [row(1, 0, 600), row(2, 1, 600), row(3, 0, 600), row(4, 0, 1), row(5, 1, 100)];
    expect(fitting(rows, bounds(1_100)).map(({ sequence }) => sequence)).toEqual([1, 2, 5]);
  });

  it('lets the first row through, however large', () => {
    expect(fitting([row(1, 0, 5_000), row(2, 0, 1)], { batch: 1_000, send: 1_000 }).map(({ sequence }) => sequence)).toEqual([1]);
  });

  it('limits the bytes of all rows, and holds back the later rows of a shard that was cut', () => {
    const rows = [row(1, 0, 400), row(2, 1, 400), row(3, 2, 400), row(4, 0, 100), row(5, 2, 1), row(6, 1, 1)];
    expect(fitting(rows, { batch: 1_000, send: 1_100 }).map(({ sequence }) => sequence)).toEqual([1, 2, 4, 6]);
  });

  it('counts each topic separately, but keeps the order across topics', () => {
    const rows = [row(1, 0, 600, 'a'), row(2, 0, 600, 'b'), row(3, 0, 600, 'a'), row(4, 0, 1, 'b')];
    expect(fitting(rows, bounds(1_000)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });
});

describe('grouped', () => {
  it('keeps the order of the groups, and of the rows in each', () => {
    const groups = grouped([row(1, 2, 0), row(2, 1, 0), row(3, 2, 0)], ({ shard }) => shard);
    expect([...groups].map(([shard, rows]) => [shard, rows.map(({ sequence }) => sequence)])).toEqual([[2, [1, 3]], [1, [2]]]);
  });
});
