import { describe, expect, it } from '@jest/globals';
import { findingsIn } from './checker.js';
import type { Arrival, Delivery, FaultKind, FaultRecord, History, PostedEvent } from './history.js';

/** Two events of one entity, posted one after the other and delivered in order. */
const posted = (key: string, atMs: number, fields: Partial<PostedEvent> = {}): PostedEvent => ({
  key, entity: 'a', tries: [{ sentAtMs: atMs, answeredAtMs: atMs + 5, answer: { kind: 'accepted', eventId: `evt_${key}` } }], ...fields,
});
const arrived = (key: string, sequence: number, atMs: number, fields: Partial<Arrival> = {}): Arrival => ({
  endpoint: 'ep', eventId: `evt_${key}`, deliveryId: `dlv_${key}`, entity: 'a', key, sequence, attempt: 1, redelivered: false, replayed: false,
  arrivedAtMs: atMs, endedAtMs: atMs + 5, status: 200, ...fields,
});
const delivery = (key: string, sequence: number, fields: Partial<Delivery> = {}): Delivery => ({ endpoint: 'ep', eventId: `evt_${key}`, replay: 0, sequence, status: 'delivered', ...fields });
const fault = (kind: FaultKind, fromMs: number, untilMs: number): FaultRecord => ({ kind, target: 'it', fromMs, untilMs });

const good: History = {
  events: [posted('1', 1_000), posted('2', 1_010)],
  endpoints: [{ id: 'ep', createdAtMs: 0 }],
  arrivals: [arrived('1', 1, 1_020), arrived('2', 2, 1_030)],
  faults: [],
  deliveries: [delivery('1', 1), delivery('2', 2)],
  witnessed: [],
  parked: [],
  imbalance: undefined,
  retryScheduleMs: [500, 1_000],
};
const findings = (changes: Partial<History>): string[] => findingsIn({ ...good, ...changes });
const rulesOf = (changes: Partial<History>): string[] => [...new Set(findings(changes).map((finding) => finding.slice(0, finding.indexOf(':'))))];

describe('the checker', () => {
  it('finds nothing in a run that was good', () => {
    expect(findings({})).toEqual([]);
  });

  it('finds an accepted event without an outcome, and one that was never routed', () => {
    expect(rulesOf({ deliveries: [delivery('1', 1), delivery('2', 2, { status: 'pending' })] })).toContain('outcome');
    expect(findings({ deliveries: [delivery('1', 1)], arrivals: [arrived('1', 1, 1_020)] })).toEqual(['outcome: evt_2 was accepted and never routed to ep']);
    expect(findings({ deliveries: [...good.deliveries, delivery('2', 3)] })).toContain('outcome: evt_2 has 2 deliveries to ep');
  });

  it('knows that an endpoint need not get what was sent before it was created', () => {
    const endpoints = [...good.endpoints, { id: 'late', createdAtMs: 1_011 }];
    expect(findings({ endpoints })).toEqual([]);
    expect(rulesOf({ endpoints, events: [...good.events, posted('3', 1_012)], deliveries: [...good.deliveries, delivery('3', 3)], arrivals: [...good.arrivals, arrived('3', 3, 1_040)] }))
      .toEqual(['outcome']);
  });

  it('finds an outcome that the receiver knows nothing of', () => {
    expect(findings({ arrivals: [arrived('1', 1, 1_020), arrived('2', 2, 1_030, { status: 500 })] })).toEqual(['delivered: evt_2 is called delivered to ep, which never answered it with a 2xx']);
  });

  it('finds events that nobody posted, that were refused, or that have another id', () => {
    expect(rulesOf({ arrivals: [...good.arrivals, arrived('3', 3, 1_040)] })).toContain('foreign');
    const refused = posted('2', 1_010, { tries: [{ sentAtMs: 1_010, answeredAtMs: 1_015, answer: { kind: 'refused', status: 503 } }] });
    expect(rulesOf({ events: [posted('1', 1_000), refused] })).toEqual(['foreign']);
    const unknown = posted('2', 1_010, { tries: [{ sentAtMs: 1_010, answeredAtMs: 1_015, answer: { kind: 'unknown' } }] });
    expect(rulesOf({ events: [posted('1', 1_000), unknown] })).toEqual([]);
    expect(rulesOf({ arrivals: [arrived('1', 1, 1_020), arrived('2', 2, 1_030, { eventId: 'evt_other' })] })).toContain('foreign');
    expect(rulesOf({ arrivals: [...good.arrivals, arrived('2', 2, 1_040, { endpoint: 'nowhere' })] })).toContain('foreign');
  });

  it('finds a key with two ids', () => {
    const [first = posted('1', 1_000), second = posted('2', 1_010)] = good.events;
    const again = { sentAtMs: 1_007, answeredAtMs: 1_008, answer: { kind: 'accepted', eventId: 'evt_other' } } as const;
    expect(rulesOf({ events: [{ ...first, tries: [...first.tries, again] }, second] })).toEqual(['id']);
  });

  it('finds an attempt under another delivery id or sequence', () => {
    const retried = [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, 1_600, { attempt: 2, deliveryId: 'dlv_other' }), arrived('2', 2, 1_700)];
    expect(rulesOf({ arrivals: retried })).toEqual(['identity']);
  });

  it('finds gaps and doubles in a lane', () => {
    expect(rulesOf({ deliveries: [delivery('1', 1), delivery('2', 3)], arrivals: [arrived('1', 1, 1_020), arrived('2', 3, 1_030)] })).toContain('sequence');
    expect(rulesOf({ deliveries: [delivery('1', 1), delivery('2', 1)] })).toContain('sequence');
  });

  it('finds first arrivals in another order, or before the one before was over', () => {
    expect(rulesOf({ arrivals: [arrived('2', 2, 1_020), arrived('1', 1, 1_030)] })).toContain('order');
    expect(rulesOf({ arrivals: [arrived('1', 1, 1_020, { status: 500 }), arrived('2', 2, 1_030), arrived('1', 1, 1_700, { attempt: 2 })] })).toContain('order');
    expect(rulesOf({ arrivals: [arrived('1', 1, 1_020, { status: 500 }), arrived('2', 2, 1_030)], deliveries: [delivery('1', 1, { status: 'dead' }), delivery('2', 2)] })).toEqual([]);
  });

  it('lets a dead letter come late when it is replayed', () => {
    const late = [arrived('2', 2, 1_030), arrived('1', 1, 5_000, { replayed: true, attempt: 4 })];
    expect(findings({ arrivals: late })).toEqual([]);
    const again = [arrived('1', 1, 1_020, { status: 500 }), arrived('2', 2, 1_030), arrived('1', 1, 5_000, { replayed: true, attempt: 2 })];
    expect(findings({ arrivals: again })).toEqual([]);
  });

  it('finds posts that changed places, and leaves concurrent ones alone', () => {
    const turned: Partial<History> = { arrivals: [arrived('2', 1, 1_020), arrived('1', 2, 1_030)], deliveries: [delivery('2', 1), delivery('1', 2)] };
    expect(rulesOf(turned)).toEqual(['order of posts']);
    expect(findings({ ...turned, events: [posted('1', 1_000), posted('2', 1_004)] })).toEqual([]);
  });

  it('finds repeats without a cause', () => {
    const repeated = [arrived('1', 1, 1_020), arrived('1', 1, 1_027), arrived('2', 2, 1_040)];
    expect(rulesOf({ arrivals: repeated })).toEqual(['repeat']);
    expect(findings({ arrivals: repeated, faults: [fault('kill', 1_022, 1_025)] })).toEqual([]);
    expect(rulesOf({ arrivals: repeated, faults: [fault('kill', 500, 600), fault('kill', 1_050, 1_060)] })).toEqual(['repeat']);
    // In peace nothing is lost.
    expect(rulesOf({ arrivals: repeated, faults: [fault('restart', 1_000, 1_100), fault('pause-endpoint', 1_000, 1_100)] })).toEqual(['repeat']);
    expect(findings({ arrivals: [arrived('1', 1, 1_020, { status: undefined }), arrived('1', 1, 1_600, { attempt: 2 }), arrived('2', 2, 1_700)] })).toEqual([]);
    // Cut off by its sender, which therefore doesn't count it.
    const cutOff = [arrived('1', 1, 1_020, { status: undefined }), arrived('1', 1, 1_600), arrived('2', 2, 1_700)];
    expect(rulesOf({ arrivals: cutOff, faults: [fault('restart', 1_000, 1_500)] })).toEqual(['repeat']);
    expect(findings({ arrivals: cutOff, faults: [fault('freeze', 1_000, 1_500)] })).toEqual([]);
  });

  it('finds what comes back after its successor, unless a process was frozen', () => {
    const back = [...good.arrivals, arrived('1', 1, 9_000, { redelivered: true })];
    expect(rulesOf({ arrivals: back, faults: [fault('kill', 1_025, 8_000)] })).toEqual(['late']);
    expect(findings({ arrivals: back, faults: [fault('freeze', 1_025, 8_000)] })).toEqual([]);
  });

  it('finds two requests of a lane at once', () => {
    const both = [arrived('1', 1, 1_020, { endedAtMs: 3_000, status: undefined }), arrived('1', 1, 2_000), arrived('2', 2, 2_010)];
    expect(rulesOf({ arrivals: both, faults: [fault('isolate-from-postgres', 1_010, 3_000)] })).toEqual(['overlap']);
    expect(findings({ arrivals: both, faults: [fault('freeze', 1_010, 3_000)] })).toEqual([]);
  });

  it('finds a retry before its time, by one clock', () => {
    const early = [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, 1_300, { attempt: 2 }), arrived('2', 2, 1_400)];
    expect(rulesOf({ arrivals: early })).toEqual(['retry']);
    expect(findings({ arrivals: early, faults: [fault('step-clock', 1_100, 1_101)] })).toEqual([]);
    // A cut-off attempt doesn't count, and needn't wait.
    expect(findings({ arrivals: [arrived('1', 1, 1_020, { status: undefined }), arrived('1', 1, 1_030), arrived('2', 2, 1_400)], faults: [fault('kill', 1_022, 1_025)] })).toEqual([]);
  });

  it('passes on what witnesses, the dead-letter topic and verify say', () => {
    expect(findings({ witnessed: ['an old epoch'], parked: ['evt_1'], imbalance: 'NOT balanced' })).toEqual(['witness: an old epoch', 'parked: evt_1', 'verify: NOT balanced']);
  });

  it('tells ten of a kind, and how many there are', () => {
    const found = findings({ witnessed: Array.from({ length: 300 }, (_, i) => `row ${i}`) });
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toBe('witness: … 300 in all');
  });

  it('takes a hundred thousand events', () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => `${i}`);
    const entity = (i: number): string => `e${i % 100}`;
    const big: Partial<History> = {
      events: keys.map((key, i) => posted(key, 1_000 + i * 10, { entity: entity(i) })),
      arrivals: keys.map((key, i) => arrived(key, Math.floor(i / 100) + 1, 1_006 + i * 10, { entity: entity(i) })),
      deliveries: keys.map((key, i) => delivery(key, Math.floor(i / 100) + 1)),
      faults: Array.from({ length: 10 }, (_, i) => fault('kill', i * 1_000, i * 1_000 + 100)),
    };
    expect(findings(big)).toEqual([]);
  });
});
