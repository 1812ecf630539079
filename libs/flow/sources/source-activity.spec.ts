import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import type { Source } from './source.js';
import { SourceActivity } from './source-activity.js';

const MINUTE = Date.parse('2026-01-31T12:34:00Z');

beforeEach(() => {
  jest.useFakeTimers();
  jest.setSystemTime(MINUTE);
});

afterEach(() => {
  jest.useRealTimers();
});

const source = (id: number): Source => ({ id, publicId: `src_${id}`, tenant: 'default', name: `source-${id}`, provider: 'stripe', settings: {}, isEnabled: true, secrets: [], hasUnreadableSecret: false, principal: TEST_PRINCIPAL });

describe('SourceActivity', () => {
  it('counts by source, minute and outcome, with the last detail', () => {
    const activity = new SourceActivity();
    activity.note(source(1), 'accepted');
    jest.setSystemTime(MINUTE + 1_000);
    activity.note(source(1), 'accepted');
    activity.note(source(1), 'invalid_signature', 'first');
    activity.note(source(1), 'invalid_signature', 'é'.repeat(600));
    activity.note(source(2), 'duplicate');
    jest.setSystemTime(MINUTE + 60_000);
    activity.note(source(1), 'accepted');
    const entry = { source: 1, minuteMs: MINUTE, outcome: 'accepted', requests: 1, lastDetail: '', lastAtMs: MINUTE + 1_000 };
    expect(activity.take().counts).toEqual([
      { ...entry, requests: 2 }, { ...entry, outcome: 'invalid_signature', requests: 2, lastDetail: 'é'.repeat(500) },
      { ...entry, source: 2, outcome: 'duplicate' }, { ...entry, minuteMs: MINUTE + 60_000, lastAtMs: MINUTE + 60_000 },
    ]);
    expect(activity.take()).toEqual({ counts: [], runs: [] });
  });

  it('counts several at once', () => {
    const activity = new SourceActivity();
    activity.note(source(1), 'invalid_request', 'no entity', 3);
    activity.note(source(1), 'invalid_request', 'no type', 2);
    const { counts, runs } = activity.take();
    expect([counts, runs]).toMatchObject([[{ requests: 5, lastDetail: 'no type' }], [{ refused: 5 }]]);
  });

  it('knows what was refused since something was accepted, without what may be accepted later', () => {
    const activity = new SourceActivity();
    activity.note(source(1), 'invalid_signature', 'before');
    activity.note(source(1), 'duplicate');
    for (const outcome of ['invalid_signature', 'schema_mismatch', 'conflict', 'rate_limited', 'overloaded', 'store_unavailable', 'forbidden'] as const) activity.note(source(1), outcome, outcome);
    activity.note(source(2), 'invalid_request', 'wrong');
    const [atMs, lastAcceptedAtMs] = [MINUTE, MINUTE];
    expect(activity.take().runs).toEqual([
      { source: 1, lastAcceptedAtMs, lastRejection: { code: 'forbidden', detail: 'forbidden', atMs }, refused: 2, lastRefusedAtMs: MINUTE },
      { source: 2, lastAcceptedAtMs: undefined, lastRejection: { code: 'invalid_request', detail: 'wrong', atMs }, refused: 1, lastRefusedAtMs: MINUTE },
    ]);
  });

  it('is bounded, and what was known before the bound still counts', () => {
    const activity = new SourceActivity();
    for (let id = 1; id <= 10_100; id++) activity.note(source(id), 'accepted');
    activity.note(source(1), 'accepted');
    const { counts, runs } = activity.take();
    expect([counts.length, runs.length, counts[0]?.requests]).toEqual([10_000, 10_000, 2]);
    activity.note(source(10_050), 'accepted');
    expect(activity.take().counts).toHaveLength(1);
    // Of a source that is not noted, there is no empty count either.
    for (let id = 1; id <= 10_000; id++) activity.note(source(id), 'accepted');
    activity.note(source(10_001), 'duplicate');
    expect(activity.take().counts.filter(({ requests }) => requests === 0)).toEqual([]);
  });
});
