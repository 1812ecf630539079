import { describe, expect, it } from '@jest/globals';
import { CyclePacing, type Pause } from './cycle-pacing.js';

/** The pause after a cycle that takes no time. */
function cycle(pacing: CyclePacing, atMs: number, rowsSent: number, hasMore = false): Pause | undefined {
  return pacing.pauseAfter({ startedAtMs: atMs, rowsSent, hasMore }, atMs);
}

describe('CyclePacing', () => {
  it('never delays events that arrive 200 times a second', () => {
    const pacing = new CyclePacing();
    for (let atMs = 0; atMs < 1_000; atMs += 5) expect(cycle(pacing, atMs, 1)).toEqual({ batchingMs: 0, pollMs: 5 });
  });

  it('starts cycles 5 ms apart when events arrive faster, after a few without any delay', () => {
    const pacing = new CyclePacing();
    const startedAtMs: number[] = [];
    for (let atMs = 0; startedAtMs.length < 8; ) {
      startedAtMs.push(atMs);
      atMs += cycle(pacing, atMs, 1)?.batchingMs ?? 0;
    }
    expect(startedAtMs).toEqual([0, 0, 0, 0, 0, 5, 10, 15]);
  });

  it('counts the time that a cycle took', () => {
    const pacing = new CyclePacing();
    for (let atMs = 0; atMs < 100; atMs += 4) {
      expect(pacing.pauseAfter({ startedAtMs: atMs, rowsSent: 1, hasMore: false }, atMs + 4)?.batchingMs).toBeLessThanOrEqual(1);
    }
  });

  it('waits for more rows after a large batch', () => {
    const pacing = new CyclePacing();
    expect([cycle(pacing, 0, 29), cycle(pacing, 0, 30), cycle(pacing, 0, 499)].map((pause) => pause?.batchingMs)).toEqual([0, 10, 10]);
  });

  it('does not pause during a backlog: 500 rows, or more than one send takes', () => {
    const pacing = new CyclePacing();
    expect([cycle(pacing, 0, 500), cycle(pacing, 0, 2, true)]).toEqual([undefined, undefined]);
  });

  it('does pause when Kafka accepted nothing, although more was read', () => {
    expect(cycle(new CyclePacing(), 0, 0, true)).toEqual({ batchingMs: 0, pollMs: 5 });
  });

  it('polls less and less often while there is nothing to send, and often again afterwards', () => {
    const pacing = new CyclePacing();
    const pollMs = (rowsSent: number): number | undefined => cycle(pacing, 1_000, rowsSent)?.pollMs;
    expect([0, 0, 0, 0, 0, 0].map(pollMs)).toEqual([5, 10, 20, 40, 50, 50]);
    expect([1, 0, 0].map(pollMs)).toEqual([5, 5, 10]);
  });

  it('does not delay an event after cycles that sent nothing', () => {
    const pacing = new CyclePacing();
    for (let i = 0; i < 100; i++) expect(cycle(pacing, 0, 0)?.batchingMs).toBe(0);
    expect(cycle(pacing, 0, 1)?.batchingMs).toBe(0);
  });
});
