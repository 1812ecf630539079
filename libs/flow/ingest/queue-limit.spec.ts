import { describe, expect, it } from '@jest/globals';
import { QueueLimit } from './queue-limit.js';

const OPTIONS = { minRequests: 10, burst: 5, minRequestsOverloaded: 4, maxBytes: 1_000 };

/** Accepts requests until the queue is full, without any commit. Returns how many wait then. */
function fill(limit: QueueLimit, nowMs: number, waiting = 0): number {
  let accepted = waiting;
  for (; !limit.isFull(accepted, 0); accepted++) limit.onAccepted(accepted, nowMs);
  return accepted;
}

interface Load {
  readonly seconds: number;
  /** Requests that arrive in this millisecond. */
  readonly arriveAt: (ms: number) => number;
  /** A commit of n requests takes `fixedMs + n * eachMs`, plus the pauses in between. */
  readonly fixedMs?: number;
  readonly eachMs?: number;
  readonly pausedAt?: (ms: number) => boolean;
}

/**
 * Simulates a load millisecond by millisecond. One commit runs at a time, with all requests that arrived during the last
 * one. A shed request is not repeated. Returns the requests shed in each second, and the most that waited in it.
 */
function play(limit: QueueLimit, { seconds, arriveAt, fixedMs = 2, eachMs = 0.05, pausedAt = () => false }: Load): { shed: number[]; waited: number[] } {
  const shed = new Array<number>(seconds).fill(0);
  const waited = [...shed];
  let [queued, committing, tookMs, leftMs] = [0, 0, 0, 0];
  for (let ms = 0; ms < seconds * 1_000; ms++) {
    const second = Math.floor(ms / 1_000);
    for (let n = 0; n < arriveAt(ms); n++) {
      const waiting = queued + committing;
      if (limit.isFull(waiting, 0)) {
        limit.onShed(waiting, ms);
        shed[second] = (shed[second] ?? 0) + 1;
      } else {
        limit.onAccepted(waiting, ms);
        queued++;
      }
    }
    waited[second] = Math.max(waited[second] ?? 0, queued + committing);
    if (!pausedAt(ms)) leftMs -= 1;
    // The next commit begins when this one ends, which may be within the millisecond.
    while (leftMs <= 0 && queued + committing > 0) {
      if (committing > 0) limit.onCommitted(committing, tookMs);
      committing = queued;
      queued = 0;
      tookMs = committing === 0 ? 0 : fixedMs + committing * eachMs;
      leftMs += tookMs;
    }
    leftMs = Math.max(leftMs, 0);
  }
  return { shed, waited };
}

const steadily = (perMs: number) => (): number => perMs;
const none = (count: number): number[] => new Array<number>(count).fill(0);

describe('QueueLimit', () => {
  it('accepts a burst, and then keeps the queue shorter than usual', () => {
    const limit = new QueueLimit(OPTIONS);
    expect(fill(limit, 0)).toBe(15);
    expect(fill(limit, 0)).toBe(4);
  });

  it('probes with the usual limit after a second, and accepts another burst once the probe has succeeded', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.onAccepted(3, 999);
    expect(fill(limit, 999)).toBe(4);
    limit.onAccepted(3, 1_000);
    expect(fill(limit, 1_500)).toBe(10);
    limit.onAccepted(3, 2_000);
    expect(fill(limit, 2_000)).toBe(15);
  });

  it('ends a probe that sheds many, and waits twice as long before the next one', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.onAccepted(3, 999);
    limit.onAccepted(3, 1_000);
    limit.onShed(10, 1_001);
    limit.onShed(10, 1_002);
    expect(fill(limit, 1_003)).toBe(4);
    limit.onAccepted(3, 2_000);
    expect(fill(limit, 2_900)).toBe(4);
    limit.onAccepted(3, 3_001);
    expect(fill(limit, 3_001)).toBe(10);
  });

  it('is back to normal after a second without requests', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.onAccepted(0, 1_000);
    expect(fill(limit, 1_000)).toBe(15);
  });

  it('does not take a commit that hangs for a second for the end of the overload', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    for (const ms of [700, 1_400]) limit.onShed(15, ms);
    limit.onCommitted(10, 1_500);
    limit.onAccepted(3, 1_501);
    expect(fill(limit, 1_501, 5)).toBe(10);
  });

  it('accepts no burst on top of a long queue', () => {
    const limit = new QueueLimit(OPTIONS);
    fill(limit, 0);
    limit.onShed(15, 60_000);
    expect(fill(limit, 60_000)).toBe(10);
  });

  it('keeps the queue short during lasting overload, except for one burst and short probes', () => {
    const { shed, waited } = play(new QueueLimit(), { seconds: 60, arriveAt: steadily(40) });
    expect(waited[0]).toBeGreaterThan(800);
    expect(waited[0]).toBeLessThanOrEqual(1_024);
    expect(Math.max(...waited.slice(1))).toBeLessThan(200);
    expect(waited.filter((most) => most <= 40).length).toBeGreaterThan(50);
    expect(Math.min(...shed)).toBeGreaterThan(30_000);
  });

  it.each<[string, Load]>([
    ['80 % of the rate, with a pause each second', { seconds: 30, arriveAt: (ms) => (ms < 5_000 ? 40 : 8), pausedAt: (ms) => ms % 1_000 >= 975 }],
    ['commits of ten milliseconds', { seconds: 30, arriveAt: (ms) => (ms < 5_000 ? 40 : 3), fixedMs: 10 }],
    ['a hundred at a time', { seconds: 30, arriveAt: (ms) => (ms < 5_000 ? 40 : ms % 100 === 0 ? 100 : 0) }],
  ])('sheds nothing once fewer requests arrive than can be committed: %s', (_, load) => {
    const { shed } = play(new QueueLimit(), load);
    expect(shed[4]).toBeGreaterThan(10_000);
    expect(shed.slice(20)).toEqual(none(10));
  });

  it('is full by bytes too, even during a burst', () => {
    const limit = new QueueLimit(OPTIONS);
    expect([limit.isFull(1, 999), limit.isFull(1, 1_000)]).toEqual([false, true]);
  });

  it('lets as many wait as are committed in 10 ms, and in 3 ms during overload', () => {
    const limit = new QueueLimit({ ...OPTIONS, burst: 1 });
    for (let i = 0; i < 1_000; i++) limit.onCommitted(80, 4);
    expect(fill(limit, 0)).toBe(201);
    expect(fill(limit, 0)).toBe(60);
    // Small commits say little about what is possible, but then no request is shed either.
    for (let i = 0; i < 1_000; i++) limit.onCommitted(1, 8);
    expect(fill(limit, 0)).toBe(4);
  });
});
