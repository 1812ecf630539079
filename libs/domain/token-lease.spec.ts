import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenBucketModel, type TokenUse, worstExcess } from '#dev/testing/token-bucket-model';
import type { Moment } from './clock.js';
import { LEASE_MS, type LeaseRequest, type RateLimit, type Reservation, TokenLease } from './token-lease.js';

const MIN_BURST_MS = 100;

function moment(ms: number): Moment {
  return { monotonicMs: ms, wallMs: ms };
}

/** A lease whose process used 40 tokens in the last 100 ms, which a statement took at once. */
function busyLease(burst = 1_000): TokenLease {
  const lease = new TokenLease({ bucket: 'key/1', perSecond: 1_000, burst }, MIN_BURST_MS);
  lease.note(40, moment(0));
  return lease;
}

describe('TokenLease', () => {
  it('holds what was used in the last 100 ms, and leases ahead when half of it is left', () => {
    const lease = busyLease();
    expect(lease.runsLow(moment(10))).toBe(true);
    expect(lease.runsLow(moment(10))).toBe(false);
    expect(lease.settle(moment(11))).toMatchObject({ held: 0, returned: 0, wanted: 40 });
    lease.answered({ leased: 40, remaining: 500.5, others: 0 }, moment(11), moment(13));
    expect([lease.usable(moment(13)), lease.known]).toEqual([40, 540]);
    lease.use(20, moment(120));
    expect(lease.runsLow(moment(120))).toBe(false);
    lease.use(1, moment(120));
    expect(lease.runsLow(moment(120))).toBe(true);
  });

  it('leases nothing ahead for slow uses, nor from a small bucket', () => {
    const slow = new TokenLease({ bucket: 'key/1', perSecond: 1_000, burst: 1_000 }, MIN_BURST_MS);
    slow.note(1, moment(0));
    expect(slow.runsLow(moment(1))).toBe(false);
    const small = new TokenLease({ bucket: 'key/1', perSecond: 10, burst: 3 }, MIN_BURST_MS);
    small.note(3, moment(0));
    expect(small.runsLow(moment(1))).toBe(false);
  });

  it('returns what it has not used, and reports that it holds something until it has', () => {
    const lease = busyLease();
    lease.settle(moment(0));
    lease.answered({ leased: 40, remaining: 0, others: 0 }, moment(0), moment(2));
    expect([lease.isUnsettled(moment(499)), lease.isUnsettled(moment(500))]).toEqual([false, true]);
    expect(lease.settle(moment(500))).toMatchObject({ held: 0, returned: 40, wanted: 0 });
    lease.answered({ leased: 0, remaining: 40, others: 0 }, moment(500), moment(502));
    expect([lease.usable(moment(503)), lease.isUnsettled(moment(9_000)), lease.isIdleFor(60_000, moment(60_502)), lease.isIdleFor(60_000, moment(60_503))]).toEqual([0, false, false, true]);
  });

  it('holds nothing of a bucket that was lost, and asks it again at once', () => {
    const lease = busyLease();
    lease.settle(moment(0));
    lease.answered({ leased: 40, remaining: 500, others: 0 }, moment(0), moment(2));
    lease.use(30, moment(3));
    expect(lease.runsLow(moment(4))).toBe(true);
    lease.settle(moment(5));
    lease.lost();
    expect([lease.usable(moment(6)), lease.known, lease.isHolding, lease.isDry(moment(6)), lease.runsLow(moment(6))]).toEqual([0, 0, false, false, true]);
    expect(lease.settle(moment(7))).toMatchObject({ held: 0, returned: 0 });
  });

  it('does not use tokens a second after the statement that confirmed them was sent, by either clock', () => {
    const lease = busyLease();
    lease.settle(moment(0));
    lease.answered({ leased: 40, remaining: 0, others: 0 }, moment(0), moment(900));
    expect(lease.usable(moment(LEASE_MS - 1))).toBe(40);
    expect(lease.usable({ monotonicMs: 950, wallMs: LEASE_MS })).toBe(0);
    const late = busyLease();
    late.settle(moment(0));
    late.answered({ leased: 40, remaining: 0, others: 0 }, moment(0), moment(LEASE_MS));
    expect(late.usable(moment(LEASE_MS))).toBe(0);
  });

  it('leaves an empty bucket alone until its next token, or for 10 ms', () => {
    const slow = new TokenLease({ bucket: 'key/1', perSecond: 2, burst: 1 }, MIN_BURST_MS);
    slow.settle(moment(0));
    slow.answered({ leased: 0, remaining: 0.5, others: 0 }, moment(0), moment(5));
    expect([slow.isDry(moment(254)), slow.isDry(moment(255)), slow.waitMs(moment(155))]).toEqual([true, false, 100]);
    const fast = busyLease();
    fast.settle(moment(0));
    fast.answered({ leased: 3, remaining: 0.5, others: 0 }, moment(0), moment(5));
    expect([fast.isDry(moment(14)), fast.isDry(moment(15)), fast.runsLow(moment(14)), fast.runsLow(moment(15))]).toEqual([true, false, false, true]);
  });

  it('keeps what it holds after a statement without an answer, and leases nothing ahead for a second', () => {
    const lease = busyLease();
    lease.settle(moment(0));
    lease.answered({ leased: 15, remaining: 0, others: 0 }, moment(0), moment(1));
    lease.settle(moment(20));
    lease.unanswered(moment(30));
    expect([lease.usable(moment(30)), lease.usable(moment(LEASE_MS))]).toEqual([15, 0]);
    expect(lease.isUnsettled(moment(520))).toBe(true);
    lease.note(40, moment(1_000));
    expect([lease.runsLow(moment(1_029)), lease.runsLow(moment(1_030))]).toEqual([false, true]);
  });

  it('uses no token of a former limit', () => {
    const lease = busyLease();
    lease.settle(moment(0));
    lease.answered({ leased: 40, remaining: 9, others: 0 }, moment(0), moment(1));
    lease.change({ bucket: 'key/1', perSecond: 1_000, burst: 1_000 });
    expect(lease.usable(moment(1))).toBe(40);
    lease.settle(moment(2));
    lease.change({ bucket: 'key/1', perSecond: 5, burst: 100 });
    expect([lease.usable(moment(2)), lease.known, lease.capacity]).toEqual([0, 0, 100]);
    lease.answered({ leased: 30, remaining: 9, others: 0 }, moment(2), moment(3));
    expect([lease.usable(moment(3)), lease.settle(moment(4))]).toMatchObject([0, { held: 0, returned: 70, wanted: 25 }]);
  });

  it('returns everything once it is closed', () => {
    const lease = busyLease();
    lease.settle(moment(0));
    lease.answered({ leased: 40, remaining: 0, others: 0 }, moment(0), moment(1));
    lease.close();
    expect(lease.settle(moment(2))).toMatchObject({ held: 0, returned: 40, wanted: 0 });
  });
});

/** An endpoint's lease with 10 tokens. */
function endpointLease(perSecond = 20): TokenLease {
  const lease = new TokenLease({ bucket: 'endpoint/1', perSecond, burst: 10 }, 0);
  lease.want(10, 50);
  lease.settle(moment(0));
  lease.answered({ leased: 10, remaining: 0, others: 0 }, moment(0), moment(2));
  return lease;
}

describe('a lease of tokens for requests that wait', () => {
  it('asks for those that can be sent at once, and says how many wait, until the next answer', () => {
    const lease = new TokenLease({ bucket: 'endpoint/1', perSecond: 20, burst: 10 }, 0);
    lease.want(8, 500);
    expect([lease.isWanting, lease.askInMs(moment(0)), lease.beginRequest(), lease.beginRequest(), lease.askInMs(moment(0))]).toEqual([true, 0, true, false, Infinity]);
    expect(lease.settle(moment(0))).toMatchObject({ held: 0, returned: 0, wanted: 8, waiting: 500 });
    lease.answered({ leased: 3, remaining: 0.5, others: 0 }, moment(0), moment(2));
    // Half a token takes 25 ms.
    expect([lease.isWanting, lease.usable(moment(2)), lease.askInMs(moment(2))]).toEqual([false, 3, 25]);
    expect(lease.settle(moment(3))).toMatchObject({ held: 0, returned: 3, wanted: 0, waiting: 0 });
  });

  it('asks an empty bucket again after half a second if others hold tokens, which they may return by then', () => {
    const lease = new TokenLease({ bucket: 'endpoint/1', perSecond: 0.01, burst: 10 }, 0);
    lease.want(8, 8);
    lease.settle(moment(0));
    lease.answered({ leased: 0, remaining: 0, others: 2 }, moment(0), moment(2));
    expect(lease.askInMs(moment(2))).toBe(498);
    lease.settle(moment(500));
    lease.answered({ leased: 0, remaining: 0, others: 0 }, moment(500), moment(502));
    expect(lease.askInMs(moment(502))).toBe(100_000);
  });

  it('counts a reserved token as held until it is spent or given back', () => {
    const lease = endpointLease();
    const [one, other] = [lease.reserve(moment(3)), lease.reserve(moment(3))];
    if (one === undefined || other === undefined) throw new Error('There are ten tokens');
    expect([lease.usable(moment(3)), lease.spend(one, moment(103))]).toEqual([8, true]);
    lease.want(9, 9);
    expect(lease.settle(moment(110))).toMatchObject({ held: 9, returned: 0, wanted: 1, usedAgoMs: 7 });
    lease.giveBack(other);
    expect(lease.usable(moment(111))).toBe(9);
  });

  it('spends no token a second after the statement that confirmed it, and counts it no more', () => {
    const lease = endpointLease();
    const reservation = lease.reserve(moment(3));
    if (reservation === undefined) throw new Error('There are ten tokens');
    expect(lease.spend(reservation, { monotonicMs: 500, wallMs: LEASE_MS })).toBe(false);
    lease.giveBack(reservation);
    expect([lease.usable(moment(600)), lease.settle(moment(600)).held]).toEqual([0, 0]);
  });

  it('spends no token of a former limit, and returns it', () => {
    const lease = endpointLease();
    const reservation = lease.reserve(moment(3));
    if (reservation === undefined) throw new Error('There are ten tokens');
    lease.change({ bucket: 'endpoint/1', perSecond: 1, burst: 1 });
    expect(lease.spend(reservation, moment(4))).toBe(false);
    lease.giveBack(reservation);
    expect(lease.settle(moment(5))).toMatchObject({ held: 0, returned: 10 });
  });

  it('reports a use at once when the next token is far off, else with the statement that asks for it', () => {
    expect(endpointLease().reportInMs(moment(3))).toBe(0);
    const fast = endpointLease(1_000);
    expect(fast.reportInMs(moment(3))).toBeCloseTo(3);
    // Most of the bucket was used.
    fast.use(6, moment(3));
    expect(fast.reportInMs(moment(3))).toBe(0);
    const full = new TokenLease({ bucket: 'endpoint/1', perSecond: 20, burst: 10 }, 0);
    full.settle(moment(0));
    full.answered({ leased: 1, remaining: 9, others: 0 }, moment(0), moment(2));
    expect(full.reportInMs(moment(3))).toBe(Infinity);
  });

  it('asks a bucket that fills up within milliseconds more often, and none more than 250 times a second', () => {
    const pauseOf = (perSecond: number, burst: number): number => {
      const lease = new TokenLease({ bucket: 'endpoint/1', perSecond, burst }, 0);
      lease.want(5, 5);
      lease.settle(moment(0));
      lease.answered({ leased: 0, remaining: 0.999, others: 0 }, moment(0), moment(0));
      return lease.askInMs(moment(0));
    };
    expect([pauseOf(2_000, 1), pauseOf(2_000, 100), pauseOf(2_000, 2_000), pauseOf(1_000, 10)]).toEqual([4, 6.25, 10, 4]);
  });

  it('waits a second after a statement that failed or was not sent', () => {
    for (const fail of ['unanswered', 'unsent'] as const) {
      const lease = new TokenLease({ bucket: 'endpoint/1', perSecond: 20, burst: 10 }, 0);
      lease.want(1, 1);
      lease.beginRequest();
      lease[fail](moment(10));
      expect([lease.isWanting, lease.askInMs(moment(10))]).toEqual([false, 1_000]);
    }
  });
});

const LIMITS = [
  { perSecond: 1, burst: 1, minBurstMs: 100 }, { perSecond: 10, burst: 40, minBurstMs: 100 }, { perSecond: 1_000, burst: 1, minBurstMs: 100 }, { perSecond: 500, burst: 300, minBurstMs: 100 },
  { perSecond: 20, burst: 1, minBurstMs: 0 }, { perSecond: 1_000, burst: 30, minBurstMs: 0 },
];

/** One process and its statement under way: first sent, then committed, then answered. Each step may be the last one. */
class Process {
  private lease: TokenLease;
  private sent: { readonly at: Moment; readonly request: LeaseRequest; readonly need: number } | undefined;
  private committed: { readonly answer: ReturnType<TokenBucketModel['lease']>; readonly atMs: number } | undefined;
  private starts = 0;
  private reservations: Reservation[] = [];

  constructor(
    private readonly name: string,
    private readonly limit: RateLimit,
    private readonly minBurstMs: number,
    private readonly bucket: TokenBucketModel,
    private readonly uses: TokenUse[],
  ) {
    this.lease = new TokenLease(limit, minBurstMs);
  }

  /** Requests begin to wait for tokens. */
  want(count: number): void {
    this.lease.want(count, 2 * count);
  }

  reserve(most: number, nowMs: number): void {
    for (let i = 0; i < most; i++) {
      const reservation = this.lease.reserve(moment(nowMs));
      if (reservation === undefined) return;
      this.reservations.push(reservation);
    }
  }

  /** Uses some of the reserved tokens, perhaps long after. */
  spend(most: number, nowMs: number): void {
    for (const reservation of this.reservations.splice(0, most)) if (this.lease.spend(reservation, moment(nowMs))) this.record(1, nowMs, nowMs);
  }

  giveBack(most: number): void {
    for (const reservation of this.reservations.splice(0, most)) this.lease.giveBack(reservation);
  }

  use(most: number, nowMs: number): void {
    const count = Math.min(most, this.lease.usable(moment(nowMs)));
    this.lease.use(count, moment(nowMs));
    this.record(count, nowMs, nowMs);
  }

  /** Takes the next step of the statement. @param need tokens to take at once, when the statement is sent */
  proceed(need: number, nowMs: number): void {
    if (this.sent === undefined) {
      this.sent = { at: moment(nowMs), request: this.lease.settle(moment(nowMs)), need };
    } else if (this.committed === undefined) {
      this.committed = { answer: this.bucket.lease(`${this.name}.${this.starts}`, { ...this.limit, capacity: this.lease.capacity }, this.sent.request, [this.sent.need], nowMs), atMs: nowMs };
    } else {
      const { answer, atMs } = this.committed;
      const [granted = 0] = answer.granted;
      this.lease.answered(answer, this.sent.at, moment(nowMs));
      this.lease.note(granted, moment(nowMs));
      this.record(granted, atMs, nowMs);
      this.sent = this.committed = undefined;
    }
  }

  loseAnswer(nowMs: number): void {
    if (this.sent === undefined) return;
    this.sent = this.committed = undefined;
    this.lease.unanswered(moment(nowMs));
  }

  restart(): void {
    this.starts += 1;
    this.sent = this.committed = undefined;
    this.reservations = [];
    this.lease = new TokenLease(this.limit, this.minBurstMs);
  }

  private record(count: number, fromMs: number, toMs: number): void {
    for (let i = 0; i < count; i++) this.uses.push({ fromMs, toMs });
  }
}

describe('three processes with one bucket', () => {
  it('get no refill for tokens that may have been used just now', () => {
    const limit = { bucket: 'key/1', perSecond: 1_000, burst: 100 };
    const uses: TokenUse[] = [];
    const size = { capacity: 100, perSecond: 1_000 };
    const process = new Process('a', limit, MIN_BURST_MS, new TokenBucketModel(size, 0), uses);
    const statement = (need: number, nowMs: number): void => [1, 2, 3].forEach(() => process.proceed(need, nowMs));
    statement(40, 0);
    statement(0, 1);
    // 25 are held, and 75 in the bucket.
    process.use(100, 200);
    expect(uses).toHaveLength(65);
    statement(200, 200);
    expect(uses).toHaveLength(140);
    expect(worstExcess(uses, size)).toBe(0);
  });

  it('never use more than size + rate × t tokens in any window, with statements and answers that are late or lost, and with restarts', () => {
    const waitMs = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 4, arbitrary: fc.nat({ max: 40 }) }, { weight: 1, arbitrary: fc.nat({ max: 3_000 }) });
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('use' as const), count: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('want' as const, 'reserve' as const, 'spend' as const), count: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('giveBack' as const), count: fc.integer({ min: 1, max: 10 }) }) },
      { weight: 12, arbitrary: fc.record({ kind: fc.constant('proceed' as const), count: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 200 })) }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'loseAnswer' as const, count: 0 }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const, count: 0 }) },
    );
    const steps = fc.array(fc.tuple(waitMs, fc.nat({ max: 2 }), action), { maxLength: 150, size: 'max' });
    let mostUses = 0;
    fc.assert(fc.property(fc.constantFrom(...LIMITS), steps, ({ minBurstMs, ...terms }, taken) => {
      const limit = { bucket: 'key/1', ...terms };
      const size = { ...terms, capacity: new TokenLease(limit, minBurstMs).capacity };
      const bucket = new TokenBucketModel(size, 0);
      const uses: TokenUse[] = [];
      const processes = ['a', 'b', 'c'].map((name) => new Process(name, limit, minBurstMs, bucket, uses));
      let nowMs = 0;
      for (const [afterMs, which, { kind, count }] of taken) {
        nowMs += afterMs;
        const process = processes[which];
        if (kind === 'use') process?.use(count, nowMs);
        else if (kind === 'proceed') process?.proceed(count, nowMs);
        else if (kind === 'want') process?.want(count);
        else if (kind === 'reserve') process?.reserve(count, nowMs);
        else if (kind === 'spend') process?.spend(count, nowMs);
        else if (kind === 'giveBack') process?.giveBack(count);
        else if (kind === 'loseAnswer') process?.loseAnswer(nowMs);
        else process?.restart();
      }
      mostUses = Math.max(mostUses, uses.length);
      expect(worstExcess(uses, size)).toBeLessThanOrEqual(1e-6);
    }), { numRuns: 1_000 });
    expect(mostUses).toBeGreaterThan(1_000);
  });
});
