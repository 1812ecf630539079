import { describe, expect, it } from '@jest/globals';
import { QueueLimit } from './queue-limit.js';

/** Lets in as many as may, without any commit. */
function fill(limit: QueueLimit, nowMs: number, waiting = 0): number {
  let entered = waiting;
  for (; !limit.isReached(entered); entered++) limit.entered(entered, nowMs);
  return entered;
}

describe('QueueLimit', () => {
  it('takes a burst once, and then no more than may always wait', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    expect(fill(limit, 0)).toBe(15);
    expect(fill(limit, 0)).toBe(10);
  });

  it('takes another burst after a second without a crowd', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    fill(limit, 0);
    limit.entered(3, 999);
    expect(fill(limit, 999)).toBe(10);
    limit.entered(3, 1_999);
    expect(fill(limit, 1_999)).toBe(15);
  });

  it('takes a commit that kept a crowd waiting for a second for no calm', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    fill(limit, 0);
    limit.committed(10, 1_500, 15, 1_500);
    expect(fill(limit, 1_501, 5)).toBe(10);
  });

  it('under a load that never ends lets nobody wait longer, beyond the first burst', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    let [accepted, late, waiting] = [0, 0, 0];
    for (let step = 0; step < 100_000; step++) {
      if (!limit.isReached(waiting)) {
        if (waiting >= 10) late++;
        limit.entered(waiting, step);
        accepted++;
        waiting++;
      }
      if (step % 4 === 0) waiting--;
    }
    expect(accepted).toBeGreaterThan(24_000);
    expect(late).toBe(5);
  });

  it('lets as many wait as are committed in 10 ms', () => {
    const limit = new QueueLimit({ least: 10, burst: 0 });
    for (let i = 0; i < 1_000; i++) limit.committed(80, 4, 0, 0);
    expect(fill(limit, 0)).toBe(200);
    // Few at a time say little of what would be possible, but nobody is refused then either.
    for (let i = 0; i < 1_000; i++) limit.committed(1, 8, 0, 0);
    expect(fill(limit, 0)).toBe(10);
  });
});
