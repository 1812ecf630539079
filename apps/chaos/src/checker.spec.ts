import { describe, expect, it } from '@jest/globals';
import { findingsIn } from './checker.js';
import type { Arrival, Change, Delivery, Endpoint, FaultKind, FaultRecord, History, PostedEvent, Setting } from './history.js';
import { NO_ANSWER } from './odd-responses.js';
import { amountOf } from './sealed-body.js';
import { RECEIVER_LINK } from './topology.js';

/** Two events of one entity, posted one after the other and delivered in order. */
const posted = (key: string, atMs: number, fields: Partial<PostedEvent> = {}): PostedEvent => ({
  origin: 'api', key, entity: 'a', tries: [{ sentAtMs: atMs, answeredAtMs: atMs + 5, answer: { kind: 'accepted', eventId: `evt_${key}`, replayed: false } }], ...fields,
});
const arrived = (key: string, sequence: number, atMs: number, fields: Partial<Arrival> = {}): Arrival => ({
  endpoint: 'ep', eventId: `evt_${key}`, deliveryId: `dlv_${key}`, entity: 'a', key, sequence, attempt: 1, redelivered: false, replayed: false,
  generations: { url: 1, secret: 1, headers: 1 }, arrivedAtMs: atMs, endedAtMs: atMs + 5, status: 200, oddity: undefined, closedReused: false, ...fields,
});
/** All three attempts that the schedule below allows, 1 s apart. */
const failed = (key: string, sequence: number, fromMs: number): Arrival[] => [1, 2, 3].map((attempt) => arrived(key, sequence, fromMs + (attempt - 1) * 1_000, { attempt, status: 500 }));
const delivery = (key: string, sequence: number, fields: Partial<Delivery> = {}): Delivery => ({ endpoint: 'ep', eventId: `evt_${key}`, replay: 0, sequence, status: 'delivered', ...fields });
const fault = (kind: FaultKind, fromMs: number, untilMs: number, target = 'dispatcher 1'): FaultRecord => ({ kind, target, fromMs, untilMs });

const good: History = {
  events: [posted('1', 1_000), posted('2', 1_010)],
  endpoints: [{ id: 'ep', createdAtMs: 0, timeoutMs: 15_000 }],
  arrivals: [arrived('1', 1, 1_020), arrived('2', 2, 1_030)],
  faults: [],
  changes: [],
  deliveries: [delivery('1', 1), delivery('2', 2)],
  staleWrites: [],
  parked: [],
  imbalance: undefined,
  retryScheduleMs: [500, 1_000],
};
const findings = (changes: Partial<History>): string[] => findingsIn({ ...good, ...changes });
const rulesOf = (changes: Partial<History>): string[] => [...new Set(findings(changes).map((finding) => finding.slice(0, finding.indexOf(':'))))];

describe('the checker', () => {
  it('has no findings for a correct run', () => {
    expect(findings({})).toEqual([]);
  });

  it('finds an accepted event without an outcome or without a delivery', () => {
    expect(rulesOf({ deliveries: [delivery('1', 1), delivery('2', 2, { status: 'pending' })] })).toContain('outcome');
    expect(findings({ deliveries: [delivery('1', 1)], arrivals: [arrived('1', 1, 1_020)] })).toEqual(['outcome: evt_2 was accepted but never routed to ep']);
    expect(findings({ deliveries: [...good.deliveries, delivery('2', 3)] })).toContain('outcome: evt_2 has 2 deliveries to ep');
  });

  it('accepts that a new endpoint gets no earlier events', () => {
    const endpoints = [...good.endpoints, { id: 'late', createdAtMs: 1_011, timeoutMs: 15_000 }];
    expect(findings({ endpoints })).toEqual([]);
    expect(rulesOf({ endpoints, events: [...good.events, posted('3', 1_012)], deliveries: [...good.deliveries, delivery('3', 3)], arrivals: [...good.arrivals, arrived('3', 3, 1_040)] }))
      .toEqual(['outcome']);
  });

  it('knows which events an endpoint with a filter gets', () => {
    const [low, high] = [1, 2].map((key) => ({ key: `${key}`, amount: amountOf(`${key}`) })).toSorted((a, b) => a.amount - b.amount);
    const filtered: Endpoint = { id: 'filtered', createdAtMs: 0, timeoutMs: 15_000, amountAbove: low?.amount ?? 0 };
    const also = (...keys: (string | undefined)[]): Partial<History> => ({
      endpoints: [...good.endpoints, filtered],
      arrivals: [...good.arrivals, ...keys.map((key = '', i) => arrived(key, i + 1, 1_040 + i * 10, { endpoint: 'filtered', deliveryId: `dlv_f${key}` }))],
      deliveries: [...good.deliveries, ...keys.map((key = '', i) => delivery(key, i + 1, { endpoint: 'filtered' }))],
    });
    expect(findings(also(high?.key))).toEqual([]);
    expect(findings(also())).toEqual([`outcome: evt_${high?.key} was accepted but never routed to filtered`]);
    expect(findings(also('1', '2'))).toEqual([`route: evt_${low?.key} was routed to filtered, whose filter its amount of ${low?.amount} does not match`]);
    // Posts without an answer may be accepted.
    const [first = posted('1', 1_000), second = posted('2', 1_010)] = good.events;
    const unknown = (event: PostedEvent): PostedEvent => ({ ...event, tries: event.tries.map((one) => ({ ...one, answer: { kind: 'unknown' } })) });
    expect(rulesOf({ ...also('1', '2'), events: [unknown(first), unknown(second)] })).toEqual(['route']);
  });

  it('knows which events an endpoint gets that starts in the past', () => {
    const early = [posted('1', 1_500), posted('2', 8_000)];
    const arrivals = [arrived('1', 1, 1_520), arrived('2', 2, 8_020)];
    const past = (startsAtMs: number, keys: string[], fields: Partial<History> = {}): string[] => findings({
      endpoints: [...good.endpoints, { id: 'past', createdAtMs: 9_000, timeoutMs: 15_000, startsAtMs }], events: early,
      arrivals: [...arrivals, ...keys.map((key, i) => arrived(key, i + 1, 9_100 + i * 10, { endpoint: 'past', deliveryId: `dlv_p${key}` }))],
      deliveries: [...good.deliveries, ...keys.map((key, i) => delivery(key, i + 1, { endpoint: 'past' }))],
      ...fields,
    });
    expect(past(0, ['1', '2'])).toEqual([]);
    expect(past(0, ['2'])).toEqual(['outcome: evt_1 was accepted but never routed to past']);
    expect(past(5_000, ['2'])).toEqual([]);
    expect(past(5_000, [])).toEqual(['outcome: evt_2 was accepted but never routed to past']);
    expect(past(5_000, ['1', '2'])).toEqual(['route: evt_1 was routed to past, although it had arrived elsewhere 3480 ms before this endpoint starts']);
    // Close to the start, either is right.
    for (const keys of [['1', '2'], ['2']]) expect(past(1_600, keys)).toEqual([]);
    for (const keys of [['2'], []]) expect(past(7_500, keys)).toEqual([]);
    // Events are accepted by the clock of Postgres.
    for (const keys of [['1', '2'], ['2'], []]) expect(past(5_000, keys, { faults: [fault('step-clock', 3_000, 3_001)] })).toEqual([]);
    // In the order of acceptance.
    expect(past(0, ['2', '1']).map((finding) => finding.slice(0, finding.indexOf(':')))).toContain('order of posts');
  });

  it('finds a delivered event that the receiver never answered with a 2xx', () => {
    expect(findings({ arrivals: [arrived('1', 1, 1_020), arrived('2', 2, 1_030, { status: 500 })] })).toEqual(['delivered: evt_2 is marked delivered to ep, which never answered it with a 2xx']);
  });

  it('finds events that were not posted, were always refused, or have another id', () => {
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
    const again = { sentAtMs: 1_007, answeredAtMs: 1_008, answer: { kind: 'accepted', eventId: 'evt_other', replayed: true } } as const;
    expect(rulesOf({ events: [{ ...first, tries: [...first.tries, again] }, second] })).toEqual(['id']);
  });

  it('finds a forgotten key, and a known key that nothing had stored', () => {
    const [first = posted('1', 1_000), second = posted('2', 1_010)] = good.events;
    const accepted = (replayed: boolean, atMs: number): PostedEvent['tries'][number] => ({ sentAtMs: atMs, answeredAtMs: atMs + 1, answer: { kind: 'accepted', eventId: 'evt_1', replayed } });
    const answered = (kind: 'refused' | 'unknown'): PostedEvent['tries'][number] => ({ sentAtMs: 1_000, answeredAtMs: 1_001, answer: kind === 'refused' ? { kind, status: 429 } : { kind } });
    const withTries = (...tries: PostedEvent['tries']): Partial<History> => ({ events: [{ ...first, tries }, second] });
    expect(findings(withTries(...first.tries, accepted(true, 1_007)))).toEqual([]);
    expect(findings(withTries(...first.tries, answered('unknown')))).toEqual([]);
    expect(rulesOf(withTries(...first.tries, accepted(false, 1_007)))).toEqual(['known key']);
    expect(rulesOf(withTries(accepted(true, 1_002)))).toEqual(['known key']);
    expect(rulesOf(withTries(answered('refused'), accepted(true, 1_002)))).toEqual(['known key']);
    expect(findings(withTries(answered('refused'), answered('unknown'), accepted(true, 1_002)))).toEqual([]);
  });

  describe('of records of the topic', () => {
    const record = (key: string, offset: number, fields: Partial<PostedEvent> = {}): PostedEvent => ({
      origin: 'topic', key, entity: 'a', tries: [{ sentAtMs: 1_000 + offset * 10, answeredAtMs: 1_005 + offset * 10, answer: { kind: 'acknowledged' } }],
      record: { partition: 0, offset, eventIds: [`evt_${key}`] }, ...fields,
    });
    const unknown: Partial<PostedEvent> = { tries: [{ sentAtMs: 1_000, answeredAtMs: 1_015, answer: { kind: 'unknown' } }] };
    const withoutRecord = ({ origin, key, entity, tries }: PostedEvent): PostedEvent => ({ origin, key, entity, tries });

    it('has no findings if each became one event in order, whether Kafka’s answer came or not', () => {
      expect(findings({ events: [record('1', 0), record('2', 1)] })).toEqual([]);
      expect(findings({ events: [record('1', 0, unknown), record('2', 1, unknown)] })).toEqual([]);
    });

    it('finds a record without an event, and one with two', () => {
      const lost = record('2', 1, { record: { partition: 0, offset: 1, eventIds: [] } });
      const without2: Partial<History> = { arrivals: [arrived('1', 1, 1_020)], deliveries: [delivery('1', 1)] };
      expect(findings({ events: [record('1', 0), lost], ...without2 })).toEqual(['record: the record 2 at 0/1 of the topic became no event']);
      expect(findings({ events: [record('1', 0), { ...lost, ...unknown }], ...without2 })).toEqual(['record: the record 2 at 0/1 of the topic became no event']);
      const twice = record('2', 1, { record: { partition: 0, offset: 1, eventIds: ['evt_2', 'evt_2b'] } });
      expect(findings({ events: [record('1', 0), twice] })).toEqual(['id: the record 2 at 0/1 of the topic became evt_2 and evt_2b']);
      expect(findings({ events: [record('1', 0), twice], arrivals: [...good.arrivals, arrived('2', 3, 1_040, { eventId: 'evt_2b', deliveryId: 'dlv_2b' })] }))
        .toContain('foreign: 2 arrived as evt_2b but was accepted as evt_2 (from a topic)');
    });

    it('finds an event without an outcome as those of posts', () => {
      expect(findings({ events: [record('1', 0), record('2', 1)], deliveries: [delivery('1', 1)], arrivals: [arrived('1', 1, 1_020)] })).toEqual(['outcome: evt_2 was accepted but never routed to ep (from a topic)']);
    });

    it('finds a record that is acknowledged or arrives, and is not in the topic', () => {
      const without2: Partial<History> = { arrivals: [arrived('1', 1, 1_020)], deliveries: [delivery('1', 1)] };
      expect(findings({ events: [record('1', 0), withoutRecord(record('2', 1))], ...without2 })).toEqual(['record: 2 was acknowledged by Kafka, but is not in the topic']);
      expect(findings({ events: [record('1', 0), withoutRecord(record('2', 1, unknown))] })).toEqual(['foreign: evt_2 arrived, but its record is not in the topic (2)']);
    });

    it('finds events that do not have the order of their records', () => {
      const turned: Partial<History> = { arrivals: [arrived('2', 1, 1_020), arrived('1', 2, 1_030)], deliveries: [delivery('2', 1), delivery('1', 2)] };
      expect(findings({ ...turned, events: [record('1', 0, unknown), record('2', 1, unknown)] })).toEqual(['order of records: ep/a: the record 2 at 0/1 of the topic is #1, but the record at offset 0 is #2']);
      expect(rulesOf({ ...turned, events: [record('1', 0), record('2', 1)] })).toEqual(['order of posts', 'order of records']);
    });
  });

  it('finds an attempt with another delivery id or sequence', () => {
    const retried = [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, 1_600, { attempt: 2, deliveryId: 'dlv_other' }), arrived('2', 2, 1_700)];
    expect(rulesOf({ arrivals: retried })).toEqual(['identity']);
  });

  it('finds missing and duplicate sequences in a lane', () => {
    expect(rulesOf({ deliveries: [delivery('1', 1), delivery('2', 3)], arrivals: [arrived('1', 1, 1_020), arrived('2', 3, 1_030)] })).toContain('sequence');
    expect(rulesOf({ deliveries: [delivery('1', 1), delivery('2', 1)] })).toContain('sequence');
  });

  it('finds first arrivals out of order, or before the predecessor has ended', () => {
    expect(rulesOf({ arrivals: [arrived('2', 2, 1_020), arrived('1', 1, 1_030)] })).toContain('order');
    expect(rulesOf({ arrivals: [arrived('1', 1, 1_020, { status: 500 }), arrived('2', 2, 1_030), arrived('1', 1, 1_700, { attempt: 2 })] })).toContain('order');
  });

  it('counts a dead delivery as ended from its last attempt on', () => {
    const deliveries = [delivery('1', 1, { status: 'dead' }), delivery('2', 2)];
    expect(findings({ arrivals: [...failed('1', 1, 1_020), arrived('2', 2, 3_030)], deliveries })).toEqual([]);
    expect(rulesOf({ arrivals: [...failed('1', 1, 1_020), arrived('2', 2, 2_900)].sort((a, b) => a.arrivedAtMs - b.arrivedAtMs), deliveries })).toContain('order');
    // A thawed process repeats the last attempt.
    const woken = arrived('1', 1, 3_040, { attempt: 3 });
    expect(findings({ arrivals: [...failed('1', 1, 1_020), arrived('2', 2, 3_030), woken], deliveries, faults: [fault('freeze', 1_000, 3_035)] })).toEqual([]);
  });

  it('accepts the late arrival of a replayed dead letter', () => {
    const again = [...failed('1', 1, 1_020), arrived('2', 2, 3_030), arrived('1', 1, 5_000, { replayed: true, attempt: 4 })];
    expect(findings({ arrivals: again })).toEqual([]);
    const late = [arrived('2', 2, 1_030), arrived('1', 1, 5_000, { replayed: true, attempt: 4 })];
    expect(findings({ arrivals: late, faults: [fault('receiver-down', 1_000, 1_025, 'receiver')] })).toEqual([]);
    expect(rulesOf({ arrivals: late })).toEqual(['given up']);
  });

  it('finds a delivery that was given up too early, unless a fault kept attempts from arriving', () => {
    const deliveries = [delivery('1', 1, { status: 'dead' }), delivery('2', 2)];
    const early = [...failed('1', 1, 1_020).slice(0, 2), arrived('2', 2, 3_030)];
    expect(rulesOf({ arrivals: early, deliveries })).toEqual(['given up']);
    expect(findings({ arrivals: early, deliveries, faults: [fault('receiver-down', 1_500, 2_000, 'receiver')] })).toEqual([]);
    expect(findings({ arrivals: early, deliveries, faults: [fault('cut', 1_500, 2_000, RECEIVER_LINK)] })).toEqual([]);
    expect(rulesOf({ arrivals: early, deliveries, faults: [fault('cut', 1_500, 2_000, 'dispatcher 1 – Postgres')] })).toEqual(['given up']);
    // A replay fails too.
    const replayed = [...failed('1', 1, 1_020), arrived('2', 2, 3_030), ...[4, 5, 6].map((attempt) => arrived('1', 1, 3_000 + attempt * 1_000, { replayed: true, attempt, status: 500 }))];
    expect(findings({ arrivals: replayed, deliveries })).toEqual([]);
    expect(rulesOf({ arrivals: replayed.slice(0, -1), deliveries })).toEqual(['given up']);
    // A fault at another time is no excuse.
    expect(rulesOf({ arrivals: early, deliveries, faults: [fault('receiver-down', 4_000, 5_000, 'receiver')] })).toEqual(['given up']);
    expect(rulesOf({ deliveries: [delivery('1', 1, { status: 'discarded' }), delivery('2', 2)] })).toEqual(['given up']);
  });

  it('finds events out of the order of their posts, unless the posts were concurrent', () => {
    const turned: Partial<History> = { arrivals: [arrived('2', 1, 1_020), arrived('1', 2, 1_030)], deliveries: [delivery('2', 1), delivery('1', 2)] };
    expect(rulesOf(turned)).toEqual(['order of posts']);
    expect(findings({ ...turned, events: [posted('1', 1_000), posted('2', 1_004)] })).toEqual([]);
  });

  it('finds repeats without a cause', () => {
    const repeated = [arrived('1', 1, 1_020), arrived('1', 1, 1_027, { redelivered: true }), arrived('2', 2, 1_040)];
    expect(rulesOf({ arrivals: repeated })).toEqual(['repeat']);
    expect(findings({ arrivals: repeated, faults: [fault('kill', 1_022, 1_025)] })).toEqual([]);
    // Graceful operations lose nothing.
    expect(rulesOf({ arrivals: repeated, faults: [fault('restart', 1_000, 1_100), fault('pause-endpoint', 1_000, 1_100, 'first')] })).toEqual(['repeat']);
  });

  it('excuses a repeat only by a fault before its outcome was committed', () => {
    const repeated = [arrived('1', 1, 21_020), arrived('1', 1, 61_000, { redelivered: true }), arrived('2', 2, 61_040)];
    for (const atMs of [16_100, 21_022, 26_000]) expect(findings({ arrivals: repeated, faults: [fault('kill', atMs, atMs + 10)] })).toEqual([]);
    for (const atMs of [15_900, 27_000, 60_900, 61_000]) expect(rulesOf({ arrivals: repeated, faults: [fault('kill', atMs, atMs + 10)] })).toEqual(['repeat']);
  });

  it('excuses a repeat only by a fault that can lose an outcome', () => {
    const repeated = [arrived('1', 1, 1_020), arrived('1', 1, 1_027, { redelivered: true }), arrived('2', 2, 1_040)];
    const excused = (kind: FaultKind, target: string): boolean => findings({ arrivals: repeated, faults: [fault(kind, 1_000, 1_100, target)] }).length === 0;
    expect(excused('kill', 'gateway 0')).toBe(false);
    expect(excused('freeze', 'gateway 0')).toBe(false);
    expect(excused('cut', 'gateway 0 – Postgres')).toBe(false);
    expect(excused('cut', 'clients – gateway 0')).toBe(false);
    expect(excused('reset', 'dispatcher 1 – Kafka')).toBe(false);
    expect(excused('kill-kafka', 'Kafka')).toBe(false);
    expect(excused('cut', 'dispatcher 1 – Postgres')).toBe(true);
    expect(excused('reset', RECEIVER_LINK)).toBe(true);
    expect(excused('restart-postgres', 'Postgres')).toBe(true);
    expect(excused('isolate-from-both', 'dispatcher 1')).toBe(true);
  });

  it('finds an attempt that was cut off before its timeout but counted', () => {
    const counted = (lastedMs: number): Arrival[] => [arrived('1', 1, 1_020, { status: undefined, endedAtMs: 1_020 + lastedMs }), arrived('1', 1, 17_000, { attempt: 2 }), arrived('2', 2, 17_100)];
    expect(findings({ arrivals: counted(15_050) })).toEqual([]);
    expect(rulesOf({ arrivals: counted(3_000) })).toEqual(['repeat']);
    expect(findings({ arrivals: counted(3_000), faults: [fault('receiver-resetting', 1_000, 5_000, 'receiver')] })).toEqual([]);
  });

  it('finds an attempt that its sender cut off without a fault', () => {
    const cutOff = [arrived('1', 1, 1_020, { status: undefined }), arrived('1', 1, 1_600, { redelivered: true }), arrived('2', 2, 1_700)];
    expect(rulesOf({ arrivals: cutOff, faults: [fault('restart', 1_000, 1_500)] })).toEqual(['repeat']);
    expect(findings({ arrivals: cutOff, faults: [fault('freeze', 1_000, 1_500)] })).toEqual([]);
  });

  it('finds a failed attempt that was answered with an odd 2xx', () => {
    const odd = arrived('1', 1, 1_020, { status: 204, oddity: 'a 204 with a body' });
    const faults = [fault('receiver-odd', 1_000, 9_000, 'receiver')];
    expect(findings({ arrivals: [odd, arrived('2', 2, 1_030)], faults })).toEqual([]);
    expect(findings({ arrivals: [odd, arrived('1', 1, 1_600, { attempt: 2 }), arrived('2', 2, 1_700)], faults }))
      .toContain('repeat: evt_1 arrived again at 1600 ms at ep as attempt 2, although the one before was answered with 204 (a 204 with a body) at 1025 ms without a fault');
    expect(rulesOf({ arrivals: [odd, arrived('2', 2, 1_030)], deliveries: [delivery('1', 1, { status: 'dead' }), delivery('2', 2)], faults })).toEqual(['given up']);
  });

  it('accepts that a request is sent again when the receiver closed a used connection: once, at once, as the same attempt', () => {
    const closed = arrived('1', 1, 1_020, { status: undefined, closedReused: true });
    const sentAgain = (atMs: number, fields: Partial<Arrival> = {}): string[] => rulesOf({ arrivals: [closed, arrived('1', 1, atMs, fields), arrived('2', 2, atMs + 500)] });
    for (const redelivered of [false, true]) expect(sentAgain(1_030, { redelivered })).toEqual([]);
    expect(sentAgain(1_030, { attempt: 2 })).toContain('repeat');
    expect(sentAgain(1_630, { attempt: 2 })).toEqual(['repeat']);
    // Not at once.
    expect(sentAgain(9_100, { redelivered: true })).toEqual(['repeat']);
    // On a used connection again, and then once more.
    const twice = arrived('1', 1, 1_030, { status: undefined, closedReused: true, redelivered: true });
    expect(rulesOf({ arrivals: [closed, twice, arrived('1', 1, 1_040, { redelivered: true }), arrived('2', 2, 1_050)] })).toEqual(['repeat']);
    // A connection that the receiver did not close is no reason.
    expect(rulesOf({ arrivals: [{ ...closed, closedReused: false }, arrived('1', 1, 1_030), arrived('2', 2, 1_050)] })).toEqual(['repeat', 'redelivered']);
  });

  it('accepts that a request without an answer is a time-out, or is cut off and marked when its shard is handed over', () => {
    const swallowed = arrived('1', 1, 1_020, { status: undefined, oddity: NO_ANSWER, endedAtMs: 16_020 });
    expect(findings({ arrivals: [swallowed, arrived('1', 1, 17_000, { attempt: 2 }), arrived('2', 2, 17_100)] })).toEqual([]);
    const cutOff = { ...swallowed, endedAtMs: 9_020 };
    expect(findings({ arrivals: [cutOff, arrived('1', 1, 9_100, { redelivered: true }), arrived('2', 2, 9_200)] })).toEqual([]);
    expect(rulesOf({ arrivals: [cutOff, arrived('1', 1, 9_100), arrived('2', 2, 9_200)] })).toEqual(['repeat', 'redelivered']);
    expect(rulesOf({ arrivals: [cutOff, arrived('1', 1, 9_600, { attempt: 2 }), arrived('2', 2, 9_700)] })).toEqual(['repeat']);
  });

  it('finds repeats without lockstep-redelivered, unless a frozen process sent them', () => {
    const silent = [arrived('1', 1, 1_020), arrived('1', 1, 1_027), arrived('2', 2, 1_040)];
    expect(rulesOf({ arrivals: silent, faults: [fault('kill', 1_022, 1_025)] })).toEqual(['redelivered']);
    expect(findings({ arrivals: silent, faults: [fault('freeze', 1_000, 1_025)] })).toEqual([]);
    expect(rulesOf({ arrivals: silent, faults: [fault('kill', 1_022, 1_025), fault('freeze', 1_000, 1_025, 'gateway 0')] })).toEqual(['redelivered']);
    // A counted retry has a higher attempt number and needs no mark.
    expect(findings({ arrivals: [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, 1_600, { attempt: 2 }), arrived('2', 2, 1_700)] })).toEqual([]);
  });

  it('finds an event that arrives after its successor, unless a dispatcher was frozen or the network slow', () => {
    const back = [...good.arrivals, arrived('1', 1, 9_000, { redelivered: true })];
    expect(rulesOf({ arrivals: back, faults: [fault('kill', 1_025, 8_000)] })).toEqual(['late']);
    expect(findings({ arrivals: back, faults: [fault('freeze', 1_025, 8_000)] })).toEqual([]);
    expect(findings({ arrivals: back, faults: [fault('half-open', 1_025, 8_000, RECEIVER_LINK)] })).toEqual([]);
    expect(rulesOf({ arrivals: back, faults: [fault('half-open', 1_025, 8_000, 'dispatcher 1 – Postgres')] })).toEqual(['late']);
    expect(rulesOf({ arrivals: back, faults: [fault('freeze', 1_025, 8_000, 'gateway 0')] })).toEqual(['repeat', 'late']);
  });

  it('finds two open requests of a lane', () => {
    const both = [arrived('1', 1, 1_020, { endedAtMs: 3_000, status: undefined }), arrived('1', 1, 2_000, { redelivered: true }), arrived('2', 2, 2_010)];
    expect(rulesOf({ arrivals: both, faults: [fault('isolate-from-postgres', 1_010, 3_000)] })).toEqual(['overlap']);
    expect(findings({ arrivals: both, faults: [fault('freeze', 1_010, 3_000)] })).toEqual([]);
  });

  it('finds an early retry, unless the clock was moved', () => {
    const early = [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, 1_300, { attempt: 2 }), arrived('2', 2, 1_400)];
    expect(rulesOf({ arrivals: early })).toEqual(['retry']);
    expect(findings({ arrivals: early, faults: [fault('step-clock', 1_100, 1_101)] })).toEqual([]);
    // An attempt that was cut off does not count, so its repeat need not wait.
    expect(findings({ arrivals: [arrived('1', 1, 1_020, { status: undefined }), arrived('1', 1, 1_030, { redelivered: true }), arrived('2', 2, 1_400)], faults: [fault('kill', 1_022, 1_025)] })).toEqual([]);
  });

  describe('for changes of endpoints', () => {
    const changed = (setting: Setting, generation: number, answeredAtMs: number): Change => ({ endpoint: 'ep', setting, generation, sentAtMs: answeredAtMs - 10, answeredAtMs });
    const turned = (status: 'active' | 'paused', answeredAtMs: number): Change => ({ endpoint: 'ep', setting: 'status', status, sentAtMs: answeredAtMs - 10, answeredAtMs });
    const showing = (generations: Partial<Record<Setting, number>>): Pick<Arrival, 'generations'> => ({ generations: { url: 1, secret: 1, headers: 1, ...generations } });
    /** The first event is posted at 1,000 ms, before the changes of these tests; the second at 1,010 ms, after them. */
    const attempts = (first: Partial<Arrival>, second: Partial<Arrival>): Arrival[] => [arrived('1', 1, 1_020, first), arrived('2', 2, 1_030, second)];

    it.each(['url', 'secret', 'headers'] as const)('finds an event that meets an old %s although it was posted after the change', (setting) => {
      const changes = [changed(setting, 2, 1_005)];
      for (const first of [1, 2]) expect(findings({ changes, arrivals: attempts(showing({ [setting]: first }), showing({ [setting]: 2 })) })).toEqual([]);
      expect(findings({ changes, arrivals: attempts(showing({ [setting]: 2 }), {}) }))
        .toEqual([`settings: evt_2 arrived at ep (attempt 1) with generation 1 of its ${setting} instead of 2, 25 ms after the answer, although it was posted after it`]);
    });

    it('accepts settings that are newer than the last answer, and those of a change that was answered after the post', () => {
      expect(findings({ changes: [changed('url', 2, 1_005)], arrivals: attempts(showing({ url: 3 }), showing({ url: 3 })) })).toEqual([]);
      expect(findings({ changes: [changed('url', 2, 1_012)] })).toEqual([]);
    });

    it('is not put off by a fault when the event was posted after the change', () => {
      for (const kind of ['freeze', 'isolate-from-postgres', 'kill'] as const) {
        expect(rulesOf({ changes: [changed('url', 2, 1_005)], faults: [fault(kind, 1_000, 2_000)] })).toEqual(['settings']);
      }
    });

    it('counts the first post of an event', () => {
      const early = posted('2', 1_010);
      const events = [posted('1', 1_000), { ...early, tries: [{ sentAtMs: 1_003, answeredAtMs: 1_004, answer: { kind: 'unknown' } as const }, ...early.tries] }];
      expect(findings({ events, changes: [changed('url', 2, 1_005)] })).toEqual([]);
    });

    it('finds an older event that meets the old settings more than a second later, in a retry or a replay too', () => {
      const changes = [changed('url', 2, 1_012)];
      const retried = (atMs: number, fields: Partial<Arrival> = {}): Partial<History> => ({
        changes, arrivals: [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, atMs, { attempt: 2, ...fields }), arrived('2', 2, 9_000, showing({ url: 2 }))],
      });
      expect(findings(retried(3_900))).toEqual([]);
      expect(findings(retried(4_100, showing({ url: 2 })))).toEqual([]);
      expect(findings(retried(4_100))).toEqual(['settings: evt_1 arrived at ep (attempt 2) with generation 1 of its url instead of 2, 3088 ms after the answer']);
      const replayed = [...failed('1', 1, 1_020), arrived('2', 2, 8_900, showing({ url: 2 })), arrived('1', 1, 9_000, { replayed: true, attempt: 4 })].map((arrival) => (arrival.attempt === 3 ? { ...arrival, ...showing({ url: 2 }) } : arrival));
      expect(rulesOf({ changes, arrivals: replayed })).toEqual(['settings']);
    });

    it('excuses an older event only by a fault shortly before it', () => {
      const late = (faults: FaultRecord[]): string[] => rulesOf({
        changes: [changed('headers', 2, 1_012)], faults,
        arrivals: [arrived('1', 1, 1_020, { status: 500 }), arrived('1', 1, 30_000, { attempt: 2 }), arrived('2', 2, 30_100, showing({ headers: 2 }))],
      });
      expect(late([fault('freeze', 20_000, 29_900)])).toEqual([]);
      expect(late([fault('isolate-from-postgres', 5_000, 26_000, 'dispatcher 1 – Postgres')])).toEqual([]);
      expect(late([fault('delay', 28_000, 31_000, RECEIVER_LINK)])).toEqual([]);
      expect(late([fault('freeze', 2_000, 12_000)])).toEqual(['settings']);
      expect(late([fault('freeze', 20_000, 29_900, 'gateway 0')])).toEqual(['settings']);
      expect(late([fault('kill', 29_000, 29_900), fault('restart-kafka', 29_000, 29_900)])).toEqual(['settings']);
    });

    it('finds what is sent between the answer to a pause and the request to resume', () => {
      const pausedAt = (answeredAtMs: number, resumedAtMs = Infinity): Change[] => [turned('paused', answeredAtMs), ...(resumedAtMs === Infinity ? [] : [turned('active', resumedAtMs)])];
      expect(findings({ changes: pausedAt(1_005) })).toEqual(['settings: evt_2 arrived at ep (attempt 1) while the endpoint was paused, 25 ms after the answer, although it was posted after it']);
      expect(rulesOf({ changes: pausedAt(1_005, 1_100) })).toEqual(['settings']);
      // It may be carried out as soon as it is sent.
      expect(findings({ changes: pausedAt(1_005, 1_035) })).toEqual([]);
      expect(findings({ changes: pausedAt(1_012) })).toEqual([]);
      expect(findings({ changes: pausedAt(1_040) })).toEqual([]);
      // The first event was posted before, and is sent too late.
      expect(rulesOf({ changes: pausedAt(1_005, 9_000), arrivals: [arrived('1', 1, 4_100), arrived('2', 2, 9_010)] })).toEqual(['settings']);
      expect(findings({ changes: pausedAt(1_005, 9_000), arrivals: [arrived('1', 1, 3_900), arrived('2', 2, 9_010)] })).toEqual([]);
    });

    it('knows endpoints and settings apart', () => {
      const endpoints = [...good.endpoints, { id: 'other', createdAtMs: 2_000, timeoutMs: 15_000 }];
      expect(findings({ endpoints, changes: [{ ...changed('url', 2, 1_005), endpoint: 'other' }] })).toEqual([]);
      expect(rulesOf({ changes: [changed('url', 2, 1_005), changed('secret', 2, 1_006)], arrivals: attempts({}, showing({ url: 2 })) })).toEqual(['settings']);
    });

    it('finds a signature by none of the secrets', () => {
      expect(findings({ arrivals: attempts({}, showing({ secret: 0 })) })).toEqual(['settings: evt_2 arrived at ep with a signature by none of its secrets']);
    });
  });

  it('finds more requests at an endpoint than its rate limit allows', () => {
    const limited = (burst: number): Partial<History> => ({ endpoints: [{ id: 'ep', createdAtMs: 0, timeoutMs: 15_000, rateLimit: { perSecond: 0.1, burst } }] });
    expect(findings(limited(2))).toEqual([]);
    expect(rulesOf(limited(1))).toEqual(['rate limit']);
  });

  it('reports stale writes, parked records and the output of verify', () => {
    expect(findings({ staleWrites: ['an old epoch'], parked: ['evt_1'], imbalance: 'NOT balanced' })).toEqual(['stale write: an old epoch', 'parked: evt_1', 'verify: NOT balanced']);
  });

  it('lists ten findings of a rule, and counts the rest', () => {
    const found = findings({ staleWrites: Array.from({ length: 300 }, (_, i) => `row ${i}`) });
    expect(found).toHaveLength(11);
    expect(found.at(-1)).toBe('stale write: … 300 in total');
  });

  it('handles a hundred thousand events', () => {
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
