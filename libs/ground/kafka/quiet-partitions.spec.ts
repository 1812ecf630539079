import { describe, expect, it } from '@jest/globals';
import { QuietPartitions } from './quiet-partitions.js';

const retry = { topic: 'retry.1s', partition: 3 };

describe('quiet partitions', () => {
  it('are part of one fetch, then rest until 200 ms are over', () => {
    const quiet = new QuietPartitions();
    quiet.open(retry);
    const turns = [0, 50, 100, 199, 200, 250].map((nowMs) => quiet.turn(1, nowMs));
    expect(turns).toEqual(['look', 'rest', undefined, undefined, 'look', 'rest']);
    expect(quiet.all).toEqual([retry]);
  });

  it('stay part of the fetches while there is more to be read, and when one is opened meanwhile', () => {
    const quiet = new QuietPartitions();
    quiet.open(retry);
    expect(quiet.turn(1, 0)).toBe('look');
    quiet.hurry();
    expect(quiet.turn(1, 5)).toBe('look');
    quiet.open({ topic: 'retry.5s', partition: 0 });
    expect(quiet.turn(1, 10)).toBe('look');
    expect(quiet.turn(1, 15)).toBe('rest');
  });

  it('are looked at by one node at a time, and by each', () => {
    const quiet = new QuietPartitions();
    quiet.open(retry);
    expect(quiet.turn(1, 0)).toBe('look');
    expect(quiet.turn(2, 1)).toBeUndefined();
    expect(quiet.turn(1, 50)).toBe('rest');
    expect(quiet.turn(2, 51)).toBe('look');
    expect(quiet.turn(1, 60)).toBeUndefined();
    expect(quiet.turn(2, 101)).toBe('rest');
  });

  it('are looked at by the next node when the one that looked is gone for two seconds', () => {
    const quiet = new QuietPartitions();
    quiet.open(retry);
    expect(quiet.turn(1, 0)).toBe('look');
    expect(quiet.turn(2, 1_999)).toBeUndefined();
    expect(quiet.turn(2, 2_000)).toBe('look');
    expect(quiet.turn(2, 2_050)).toBe('rest');
  });

  it('are forgotten when they are shut, and at a rebalance in the middle of a look', () => {
    const quiet = new QuietPartitions();
    quiet.open(retry);
    quiet.open({ topic: 'retry.5s', partition: 3 });
    quiet.shut(retry);
    expect(quiet.all).toEqual([{ topic: 'retry.5s', partition: 3 }]);
    quiet.turn(1, 0);
    quiet.shutAll();
    expect(quiet.all).toEqual([]);
    // The node that looked may be gone: another one's turn comes all the same.
    expect(quiet.turn(2, 1)).toBe('look');
  });
});
