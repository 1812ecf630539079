import { describe, expect, it } from '@jest/globals';
import { QuietPartitions } from './quiet-partitions.js';

const retry = { topic: 'retry.1s', partition: 3 };

describe('quiet partitions', () => {
  it('are part of one fetch in 200 ms', () => {
    const quiet = new QuietPartitions();
    quiet.add(retry);
    const before = [0, 50, 100, 199, 200, 250].map((nowMs) => quiet.beforeFetch(1, nowMs));
    expect(before).toEqual(['resume', 'pause', undefined, undefined, 'resume', 'pause']);
    expect(quiet.all).toEqual([retry]);
  });

  it('are part of the next fetch when there is more to read, or another one is added', () => {
    const quiet = new QuietPartitions();
    quiet.add(retry);
    expect(quiet.beforeFetch(1, 0)).toBe('resume');
    quiet.expedite();
    expect(quiet.beforeFetch(1, 5)).toBe('resume');
    quiet.add({ topic: 'retry.5s', partition: 0 });
    expect(quiet.beforeFetch(1, 10)).toBe('resume');
    expect(quiet.beforeFetch(1, 15)).toBe('pause');
  });

  it('are part of the fetches of one node at a time, and of every node in turn', () => {
    const quiet = new QuietPartitions();
    quiet.add(retry);
    expect(quiet.beforeFetch(1, 0)).toBe('resume');
    expect(quiet.beforeFetch(2, 1)).toBeUndefined();
    expect(quiet.beforeFetch(1, 50)).toBe('pause');
    expect(quiet.beforeFetch(2, 51)).toBe('resume');
    expect(quiet.beforeFetch(1, 60)).toBeUndefined();
    expect(quiet.beforeFetch(2, 101)).toBe('pause');
  });

  it('are part of another node\'s fetch when one has not ended for two seconds', () => {
    const quiet = new QuietPartitions();
    quiet.add(retry);
    expect(quiet.beforeFetch(1, 0)).toBe('resume');
    expect(quiet.beforeFetch(2, 1_999)).toBeUndefined();
    expect(quiet.beforeFetch(2, 2_000)).toBe('resume');
    expect(quiet.beforeFetch(2, 2_050)).toBe('pause');
  });

  it('are no longer read once removed, or cleared in the middle of a fetch', () => {
    const quiet = new QuietPartitions();
    quiet.add(retry);
    quiet.add({ topic: 'retry.5s', partition: 3 });
    quiet.remove(retry);
    expect(quiet.all).toEqual([{ topic: 'retry.5s', partition: 3 }]);
    quiet.beforeFetch(1, 0);
    quiet.clear();
    expect(quiet.all).toEqual([]);
    // The first node may never end its fetch; another node does not wait for it.
    expect(quiet.beforeFetch(2, 1)).toBe('resume');
  });
});
