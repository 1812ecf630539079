import { describe, expect, it } from '@jest/globals';
import { QueueLimit } from './queue-limit.js';

const OPTIONS = { least: 10, burst: 5, leastInCrowd: 4 };

/** Lets in as many as may, without any commit. */
function fill(limit: QueueLimit, nowMs: number, waiting = 0): number {
  let entered = waiting;
  for (; !limit.isReached(entered); entered++) limit.entered(entered, nowMs);
  return entered;
}

interface Load {
  readonly seconds: number;
  /** Posts that come at this millisecond. */
  readonly comeAt: (ms: number) => number;
  /** A commit of n posts takes `fixedMs + n * eachMs`, and longer when it is under way at a pause. */
  readonly fixedMs?: number;
  readonly eachMs?: number;
  readonly pausedAt?: (ms: number) => boolean;
}

/**
 * Plays it in steps of a millisecond, one commit after the other, each of what has come since the last began; who is
 * refused doesn't come again. How many were refused in each second, and how many waited at most.
 */
function play(limit: QueueLimit, { seconds, comeAt, fixedMs = 2, eachMs = 0.05, pausedAt = () => false }: Load): { refused: number[]; waited: number[] } {
  const refused = new Array<number>(seconds).fill(0);
  const waited = [...refused];
  let [queued, committing, tookMs, leftMs] = [0, 0, 0, 0];
  for (let ms = 0; ms < seconds * 1_000; ms++) {
    const second = Math.floor(ms / 1_000);
    for (let n = 0; n < comeAt(ms); n++) {
      const waiting = queued + committing;
      if (limit.isReached(waiting)) {
        limit.refused(waiting, ms);
        refused[second] = (refused[second] ?? 0) + 1;
      } else {
        limit.entered(waiting, ms);
        queued++;
      }
    }
    waited[second] = Math.max(waited[second] ?? 0, queued + committing);
    if (!pausedAt(ms)) leftMs -= 1;
    // Whatever ends in this millisecond, the next one begins where it ended.
    while (leftMs <= 0 && queued + committing > 0) {
      if (committing > 0) limit.committed(committing, tookMs);
      committing = queued;
      queued = 0;
      tookMs = committing === 0 ? 0 : fixedMs + committing * eachMs;
      leftMs += tookMs;
    }
    leftMs = Math.max(leftMs, 0);
  }
  return { refused, waited };
}

const steadily = (perMs: number) => (): number => perMs;
const none = (count: number): number[] => new Array<number>(count).fill(0);

describe('QueueLimit', () => {
  it('takes a burst, and then fewer than may wait otherwise', () => {
    const limit = new QueueLimit(OPTIONS);
    expect(fill(limit, 0)).toBe(15);
    expect(fill(limit, 0)).toBe(4);
  });

  it('takes what is usual again after a second, as a trial, and another burst when that has passed', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.entered(3, 999);
    expect(fill(limit, 999)).toBe(4);
    limit.entered(3, 1_000);
    expect(fill(limit, 1_500)).toBe(10);
    limit.entered(3, 2_000);
    expect(fill(limit, 2_000)).toBe(15);
  });

  it('ends a trial when many are refused, and makes the next one after twice as long', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.entered(3, 999);
    limit.entered(3, 1_000);
    limit.refused(10, 1_001);
    limit.refused(10, 1_002);
    expect(fill(limit, 1_003)).toBe(4);
    limit.entered(3, 2_000);
    expect(fill(limit, 2_900)).toBe(4);
    limit.entered(3, 3_001);
    expect(fill(limit, 3_001)).toBe(10);
  });

  it('is as at the beginning after a second in which nobody came', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.entered(0, 1_000);
    expect(fill(limit, 1_000)).toBe(15);
  });

  it('takes a commit that kept a crowd waiting for a second for no calm', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    for (const ms of [700, 1_400]) limit.refused(15, ms);
    limit.committed(10, 1_500);
    limit.entered(3, 1_501);
    expect(fill(limit, 1_501, 5)).toBe(10);
  });

  it('takes no burst on top of those who still wait', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.refused(15, 60_000);
    expect(fill(limit, 60_000)).toBe(10);
  });

  it('under a load that never ends lets few wait, but for a burst and short trials', () => {
    const { refused, waited } = play(new QueueLimit(), { seconds: 60, comeAt: steadily(40) });
    expect(waited[0]).toBeGreaterThan(800);
    expect(waited[0]).toBeLessThanOrEqual(1_024);
    expect(Math.max(...waited.slice(1))).toBeLessThan(200);
    expect(waited.filter((most) => most <= 40).length).toBeGreaterThan(50);
    expect(Math.min(...refused)).toBeGreaterThan(30_000);
  });

  it.each<[string, Load]>([
    ['at 80 % of the rate, with a pause each second', { seconds: 30, comeAt: (ms) => (ms < 5_000 ? 40 : 8), pausedAt: (ms) => ms % 1_000 >= 975 }],
    ['with a commit of ten milliseconds', { seconds: 30, comeAt: (ms) => (ms < 5_000 ? 40 : 3), fixedMs: 10 }],
    ['in bunches', { seconds: 30, comeAt: (ms) => (ms < 5_000 ? 40 : ms % 100 === 0 ? 100 : 0) }],
  ])('refuses nobody any more once less comes than can be done: %s', (_, load) => {
    const { refused } = play(new QueueLimit(), load);
    expect(refused[4]).toBeGreaterThan(10_000);
    expect(refused.slice(20)).toEqual(none(10));
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
