import { describe, expect, it } from '@jest/globals';
import { QueueLimit } from './queue-limit.js';

/** Lets in as many as may, without any commit. */
function fill(limit: QueueLimit, waiting = 0): number {
  let entered = waiting;
  for (; !limit.isReached(entered); entered++) limit.entered(entered);
  return entered;
}

describe('QueueLimit', () => {
  it('takes a burst once, and then no more than may always wait', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    expect(fill(limit)).toBe(15);
    expect(fill(limit)).toBe(10);
  });

  it('gives a burst back by one in a hundred of what was let in without it', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    fill(limit);
    // And ten more while it fills.
    for (let i = 0; i < 295; i++) limit.entered(0);
    expect(fill(limit)).toBe(13);
    for (let i = 0; i < 10_000; i++) limit.entered(0);
    expect(fill(limit)).toBe(15);
  });

  it('under a load that never ends lets no more than one in a hundred wait longer, beyond the first burst', () => {
    const limit = new QueueLimit({ least: 10, burst: 5 });
    let [accepted, late, waiting] = [0, 0, 0];
    for (let step = 0; step < 100_000; step++) {
      if (!limit.isReached(waiting)) {
        if (waiting >= 10) late++;
        limit.entered(waiting);
        accepted++;
        waiting++;
      }
      if (step % 4 === 0) waiting--;
    }
    expect(accepted).toBeGreaterThan(24_000);
    expect(late).toBeLessThanOrEqual(5 + accepted / 100);
  });

  it('lets as many wait as are committed in 50 ms', () => {
    const limit = new QueueLimit({ least: 10, burst: 0 });
    for (let i = 0; i < 1_000; i++) limit.committed(80, 4);
    expect(fill(limit)).toBe(1_000);
    // Few at a time say little of what would be possible, but nobody is refused then either.
    for (let i = 0; i < 1_000; i++) limit.committed(1, 8);
    expect(fill(limit)).toBe(10);
  });
});
