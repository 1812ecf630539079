import { describe, expect, it } from '@jest/globals';
import { QueueLimit } from './queue-limit.js';

const OPTIONS = { least: 10, burst: 5, leastOfCrowd: 4 };

/** Lets in as many as may, without any commit. */
function fill(limit: QueueLimit, nowMs: number, waiting = 0): number {
  let entered = waiting;
  for (; !limit.isReached(entered); entered++) limit.entered(entered, nowMs);
  return entered;
}

interface Crowd {
  /** Posts that come in a millisecond. */
  readonly comePerMs: number;
  readonly committedPerMs: number;
  readonly forMs: number;
  /** Nothing is committed while this is true. */
  readonly pausedAt?: (ms: number) => boolean;
}

/** Plays it, a millisecond at a time; how many were refused, and how many waited at most, by second. */
function play(limit: QueueLimit, fromMs: number, { comePerMs, committedPerMs, forMs, pausedAt = () => false }: Crowd): { refused: number[]; waited: number[] } {
  const refused = new Array<number>(Math.ceil(forMs / 1_000)).fill(0);
  const waited = [...refused];
  let waiting = 0;
  for (let ms = 0; ms < forMs; ms++) {
    const second = Math.floor(ms / 1_000);
    for (let n = 0; n < comePerMs; n++) {
      if (limit.isReached(waiting)) {
        limit.refused(waiting, fromMs + ms);
        refused[second] = (refused[second] ?? 0) + 1;
      } else limit.entered(waiting++, fromMs + ms);
    }
    waited[second] = Math.max(waited[second] ?? 0, waiting);
    if (pausedAt(ms)) continue;
    limit.committed(Math.min(waiting, committedPerMs), 1);
    waiting = Math.max(0, waiting - committedPerMs);
  }
  return { refused, waited };
}

describe('QueueLimit', () => {
  it('takes a burst once, and then fewer than may wait otherwise', () => {
    const limit = new QueueLimit(OPTIONS);
    expect(fill(limit, 0)).toBe(15);
    expect(fill(limit, 0)).toBe(4);
  });

  it('takes another burst after a second in which nobody was refused', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.refused(15, 900);
    expect(fill(limit, 1_500)).toBe(4);
    expect(fill(limit, 2_500, 3)).toBe(15);
  });

  it('takes another burst after a second in which nobody came, but not on top of those who still wait', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    expect(fill(limit, 60_000, 10)).toBe(10);
    limit.entered(0, 120_000);
    expect(fill(limit, 120_000)).toBe(15);
  });

  it('under a load that never ends lets nobody wait longer, beyond the first burst', () => {
    const { refused, waited } = play(new QueueLimit({ least: 10, burst: 1_000, leastOfCrowd: 4 }), 0, { comePerMs: 9, committedPerMs: 3, forMs: 60_000 });
    expect(waited[0]).toBeGreaterThan(600);
    expect(Math.max(...waited.slice(2))).toBe(9);
    expect(refused.slice(2)).toEqual(new Array(58).fill(6_000));
  });

  it('refuses nobody any more once there is less to do than can be done, pauses or not', () => {
    const limit = new QueueLimit({ least: 128, burst: 896, leastOfCrowd: 32 });
    play(limit, 0, { comePerMs: 40, committedPerMs: 10, forMs: 5_000 });
    const { refused } = play(limit, 5_000, { comePerMs: 8, committedPerMs: 10, forMs: 60_000, pausedAt: (ms) => ms % 1_000 >= 975 });
    expect(refused[0]).toBeGreaterThan(0);
    expect(refused.slice(3)).toEqual(new Array(57).fill(0));
  });

  it('lets as many wait as are committed in 10 ms, and in a crowd in 3', () => {
    const limit = new QueueLimit({ ...OPTIONS, burst: 1 });
    for (let i = 0; i < 1_000; i++) limit.committed(80, 4);
    expect(fill(limit, 0)).toBe(201);
    expect(fill(limit, 0)).toBe(60);
    // Few at a time say little of what would be possible, but nobody is refused then either.
    for (let i = 0; i < 1_000; i++) limit.committed(1, 8);
    expect(fill(limit, 0)).toBe(4);
  });
});
