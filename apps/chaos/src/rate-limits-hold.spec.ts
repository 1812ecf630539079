import { describe, expect, it } from '@jest/globals';
import type { Arrival, FaultKind, FaultRecord, History } from './history.js';
import { rateLimitsHold } from './rate-limits-hold.js';
import { RECEIVER_LINK } from './topology.js';

const LIMIT = { perSecond: 100, burst: 20 };
const arrivedAt = (arrivedAtMs: number, endpoint = 'ep'): Arrival => ({
  endpoint, eventId: 'evt', deliveryId: 'dlv', entity: 'a', key: '', sequence: 1, attempt: 1, redelivered: false, replayed: false,
  generations: { url: 1, secret: 1, headers: 1 }, arrivedAtMs, endedAtMs: arrivedAtMs, status: 200, oddity: undefined, closedReused: false,
});
const many = (count: number, atMs: (i: number) => number): Arrival[] => Array.from({ length: count }, (_, i) => arrivedAt(atMs(i)));
const fault = (kind: FaultKind, fromMs: number, untilMs: number, target: string): FaultRecord => ({ kind, target, fromMs, untilMs });
const findings = (arrivals: readonly Arrival[], faults: readonly FaultRecord[] = []): string[] => [
  ...rateLimitsHold({
    events: [], endpoints: [{ id: 'ep', createdAtMs: 0, timeoutMs: 15_000, rateLimit: LIMIT }, { id: 'unlimited', createdAtMs: 0, timeoutMs: 15_000 }],
    arrivals, faults, changes: [], deliveries: [], staleWrites: [], parked: [], imbalance: undefined, retryScheduleMs: [],
  } satisfies History),
];

describe('the rule of rate limits', () => {
  it('accepts a whole burst, then the rate', () => {
    expect(findings(many(2_000, (i) => 1_000 + Math.max(0, i - 19) * 10))).toEqual([]);
  });

  it('accepts bursts with the time to fill the bucket between them', () => {
    expect(findings(many(200, (i) => 1_000 + Math.floor(i / 20) * 200))).toEqual([]);
  });

  it('accepts what was written within a second and arrives together, but no more', () => {
    expect(findings(many(120, () => 1_000))).toEqual([]);
    expect(findings(many(121, () => 1_000))).toEqual(['121 requests arrived at ep from 1000 to 1000 ms, although it gets 20 and 100 a second']);
  });

  it('finds a rate that is a tenth too high, after a quiet time too', () => {
    const above = (fromMs: number): Arrival[] => many(2_000, (i) => fromMs + i / 0.11);
    expect(findings(above(1_000))).toHaveLength(1);
    expect(findings([...many(10, (i) => i), ...above(900_000)])).toHaveLength(1);
    expect(findings(many(2_000, (i) => i / 0.099))).toEqual([]);
  });

  it('finds each of several windows', () => {
    const twice = [...many(150, () => 1_000), ...many(150, () => 20_000)];
    expect(findings(twice)).toHaveLength(2);
  });

  it('knows endpoints apart', () => {
    expect(findings(Array.from({ length: 500 }, () => arrivedAt(1_000, 'unlimited')))).toEqual([]);
  });

  it('does not count windows that overlap a fault after which requests come together', () => {
    const released = many(400, () => 5_000);
    for (const [kind, target] of [['half-open', RECEIVER_LINK], ['delay', RECEIVER_LINK], ['kill-postgres', 'Postgres'], ['step-clock', 'Postgres']] as const) {
      expect(findings(released, [fault(kind, 1_000, 4_000, target)])).toEqual([]);
      expect(findings(many(400, () => 9_500), [fault(kind, 1_000, 4_000, target)])).toHaveLength(3);
    }
    for (const [kind, target] of [['half-open', 'gateway 0 – Postgres'], ['kill', 'dispatcher 1'], ['freeze', 'dispatcher 1'], ['receiver-down', 'receiver'], ['restart-postgres', 'Postgres']] as const) {
      expect(findings(released, [fault(kind, 1_000, 4_000, target)])).toHaveLength(3);
    }
  });

  it('does not count a window across such a fault', () => {
    const around = [...many(100, () => 1_000), ...many(100, () => 7_100)];
    expect(findings([...around, ...many(21, () => 7_100)], [fault('half-open', 1_500, 2_000, RECEIVER_LINK)])).toHaveLength(1);
    expect(findings(around, [fault('half-open', 1_500, 2_000, RECEIVER_LINK)])).toEqual([]);
  });
});
