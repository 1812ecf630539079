import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BreakerModel } from '#dev/testing/breaker-model';
import { type AttemptEnd, EndpointBreaker, NEVER_FAILED, type SharedBreaker } from './breaker.js';

const TARGET = { maxConcurrency: 64, timeoutMs: 500 };
const delivered: AttemptEnd = { sign: 'delivered', retryAfterMs: 0 };
const rejected: AttemptEnd = { sign: 'rejected', retryAfterMs: 0 };
const failed: AttemptEnd = { sign: 'failed', retryAfterMs: 0 };
const always = (): boolean => true;
const never = (): boolean => false;

/** Requests at once, at most. */
function limitOf(breaker: EndpointBreaker): number {
  let limit = 0;
  while (limit < 1_000 && breaker.allows(limit, TARGET, 0)) limit += 1;
  return limit;
}

function endMany(breaker: EndpointBreaker, times: number, end: AttemptEnd): void {
  for (let i = 0; i < times; i++) breaker.end(breaker.begin(), end, TARGET.maxConcurrency);
}

function breakerThatKnows(shared: Partial<SharedBreaker>): EndpointBreaker {
  const breaker = new EndpointBreaker();
  breaker.learn({ ...NEVER_FAILED, ...shared });
  return breaker;
}

const failing = { failed: 20, ended: 25, failingSinceMs: 0 };

describe('a closed breaker', () => {
  it('does not bound an endpoint of which only some requests fail', () => {
    const breaker = new EndpointBreaker();
    for (let i = 0; i < 100; i++) {
      endMany(breaker, 9, failed);
      endMany(breaker, 1, delivered);
    }
    expect(limitOf(breaker)).toBe(64);
  });

  it('falls to a few requests at once while all of them fail, and rises by one with each answer', () => {
    const breaker = new EndpointBreaker();
    endMany(breaker, 10, failed);
    expect(limitOf(breaker)).toBe(32);
    endMany(breaker, 1_000, failed);
    expect(limitOf(breaker)).toBe(4);
    endMany(breaker, 4, delivered);
    expect(limitOf(breaker)).toBe(8);
    endMany(breaker, 56, rejected);
    expect(limitOf(breaker)).toBe(64);
  });

  it('never exceeds the limit of the endpoint', () => {
    const breaker = new EndpointBreaker();
    for (let i = 0; i < 1_000; i++) breaker.end(breaker.begin(), failed, 2);
    expect([breaker.allows(1, { ...TARGET, maxConcurrency: 2 }, 0), breaker.allows(2, { ...TARGET, maxConcurrency: 2 }, 0)]).toEqual([true, false]);
  });

  it('opens when 20 of what ended lately failed, four of five, for a second', () => {
    const next = (shared: Partial<SharedBreaker>, nowMs = 1_000): string | undefined => breakerThatKnows({ ...failing, ...shared }).next(nowMs, never, 0)?.state;
    expect([next({}), next({ failed: 19, ended: 19 }), next({ ended: 26 }), next({}, 999)]).toEqual(['open', undefined, undefined, undefined]);
  });

  it('opens for a second, then for twice as long each time, up to a minute, unless it was closed for a minute', () => {
    const wait = (shared: Partial<SharedBreaker>, random = 0): number | undefined => breakerThatKnows({ ...failing, ...shared }).next(100_000, never, random)?.waitMs;
    expect(wait({})).toBe(1_000);
    expect(wait({}, 0.5)).toBe(1_100);
    expect([1, 2, 3, 4, 5, 6, 7].map((openings) => wait({ openings, sinceMs: 50_000 }))).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 50_000, 50_000]);
    expect(wait({ openings: 6, sinceMs: 50_000 }, 0.999)).toBeLessThan(60_000);
    expect(wait({ openings: 7, sinceMs: 39_000 })).toBe(1_000);
  });

  it('opens for as long as the receiver asks', () => {
    expect(breakerThatKnows({ ...failing, retryAtMs: 31_000 }).next(1_000, never, 0)?.waitMs).toBe(30_000);
    expect(breakerThatKnows({ ...failing, retryAtMs: 1_200 }).next(1_000, never, 0)?.waitMs).toBe(1_000);
  });

  it('reports nothing of an endpoint that only delivers, and everything of one that failed', () => {
    const breaker = new EndpointBreaker();
    endMany(breaker, 5, delivered);
    expect(breaker.takeCounts()).toBeUndefined();
    endMany(breaker, 3, delivered);
    endMany(breaker, 1, rejected);
    endMany(breaker, 1, { sign: 'failed', retryAfterMs: 7_000 });
    expect(breaker.takeCounts()).toEqual({ version: 0, ended: 5, failed: 1, delivered: true, endsUndelivered: true, retryAfterMs: 7_000 });
    expect(breaker.takeCounts()).toBeUndefined();
    breaker.learn({ ...NEVER_FAILED, failed: 1, ended: 5, isUndelivered: true });
    endMany(breaker, 2, delivered);
    expect(breaker.takeCounts()).toEqual({ version: 0, ended: 2, failed: 0, delivered: true, endsUndelivered: false, retryAfterMs: 0 });
  });
});

describe('an open breaker', () => {
  const open = { version: 3, state: 'open', openings: 2, probeAtMs: 5_000 } as const;

  it('allows nothing, and neither does a permit from before', () => {
    const breaker = new EndpointBreaker();
    const permit = breaker.begin();
    expect(breaker.holds(permit, TARGET, 0)).toBe(true);
    expect(breaker.learn({ ...NEVER_FAILED, ...open })).toBe(true);
    expect([breaker.allows(0, TARGET, 9_000), breaker.holds(permit, TARGET, 0)]).toEqual([false, false]);
  });

  it('is not changed by what was sent before, but tells that something was delivered', () => {
    const breaker = new EndpointBreaker();
    const permits = [breaker.begin(), breaker.begin(), breaker.begin()];
    breaker.end(permits[0] ?? 0, failed, 64);
    breaker.learn({ ...NEVER_FAILED, ...open });
    breaker.end(permits[1] ?? 0, failed, 64);
    breaker.end(permits[2] ?? 0, delivered, 64);
    expect(breaker.takeCounts()).toEqual({ version: 3, ended: 0, failed: 0, delivered: true, endsUndelivered: false, retryAfterMs: 0 });
  });

  it('is probed when that is due and there is something to send', () => {
    const breaker = breakerThatKnows(open);
    expect([breaker.next(4_999, always, 0), breaker.next(5_000, never, 0), breaker.probeDueAtMs]).toEqual([undefined, undefined, 5_000]);
    expect(breaker.next(5_000, always, 0)).toEqual({ version: 3, state: 'half-open', openings: 2, waitMs: 0 });
  });
});

describe('a half-open breaker', () => {
  const claimed = { version: 4, state: 'half-open', openings: 2, probeAtMs: 6_000, isProber: true } as const;

  it('allows one request, at the dispatcher that has the claim, while the claim lasts for it', () => {
    expect(breakerThatKnows({ ...claimed, isProber: false }).allows(0, TARGET, 0)).toBe(false);
    const breaker = breakerThatKnows(claimed);
    expect([breaker.allows(9, TARGET, 5_000), breaker.allows(0, TARGET, 5_001)]).toEqual([true, false]);
    const permit = breaker.begin();
    expect([breaker.allows(0, TARGET, 0), breaker.holds(permit, TARGET, 5_000), breaker.holds(permit, TARGET, 5_001)]).toEqual([false, true, false]);
  });

  it('allows another request when the first one was not sent', () => {
    const breaker = breakerThatKnows(claimed);
    expect(breaker.end(breaker.begin(), undefined, 64)).toBe(false);
    expect([breaker.allows(0, TARGET, 0), breaker.next(0, always, 0)]).toEqual([true, undefined]);
  });

  it('gives the claim back when there is nothing to send', () => {
    expect(breakerThatKnows(claimed).next(0, never, 0)).toEqual({ version: 4, state: 'open', openings: 2, waitMs: 0 });
  });

  it.each([delivered, rejected])('closes when the receiver answers: %j', (end) => {
    const breaker = breakerThatKnows(claimed);
    expect(breaker.end(breaker.begin(), end, 64)).toBe(true);
    expect(breaker.next(1, never, 0)).toEqual({ version: 4, state: 'closed', openings: 2, waitMs: 0 });
  });

  it('opens for longer when the probe fails, or for as long as the receiver asks', () => {
    const breaker = breakerThatKnows(claimed);
    breaker.end(breaker.begin(), failed, 64);
    expect(breaker.next(1, always, 0)).toEqual({ version: 4, state: 'open', openings: 3, waitMs: 4_000 });
    const asked = breakerThatKnows(claimed);
    asked.end(asked.begin(), { sign: 'failed', retryAfterMs: 90_000 }, 64);
    expect(asked.next(1, always, 0)?.waitMs).toBe(90_000);
  });

  it('is claimed by another dispatcher when the claim has ended', () => {
    const other = breakerThatKnows({ ...claimed, isProber: false });
    expect([other.next(5_999, always, 0), other.next(6_000, always, 0)?.state]).toEqual([undefined, 'half-open']);
  });

  it('is claimed by another dispatcher after 5 s if Postgres knows that the first one is dead', () => {
    const old = { ...claimed, probeAtMs: 60_000, claimedAtMs: 1_000 };
    const other = breakerThatKnows({ ...old, isProber: false });
    expect([other.next(5_999, always, 0), other.next(6_000, always, 0)?.state, breakerThatKnows(old).next(6_000, always, 0)]).toEqual([undefined, 'half-open', undefined]);
  });

  it('starts slowly when it has closed, at the dispatchers that sent no probe, too', () => {
    const breaker = breakerThatKnows({ ...claimed, isProber: false });
    breaker.learn({ ...NEVER_FAILED, version: 5, openings: 2 });
    expect(limitOf(breaker)).toBe(1);
    endMany(breaker, 10, failed);
    expect(limitOf(breaker)).toBe(1);
    endMany(breaker, 63, delivered);
    expect(limitOf(breaker)).toBe(64);
  });
});

interface Sent {
  readonly permit: number;
  readonly isProbe: boolean;
  readonly beganMs: number;
}

/** Three dispatchers with one breaker, and its row. Requests end within the time that an attempt may take. */
class World {
  readonly row = new BreakerModel(TARGET.timeoutMs);
  readonly dispatchers = [0, 1, 2].map((id) => ({ id: `${id}-0`, crashes: 0, breaker: new EndpointBreaker(), sent: [] as Sent[] }));
  nowMs = 1_000_000;
  isUp = true;
  readonly openedWith: { ended: number; failed: number }[] = [];

  send(dispatcher: (typeof this.dispatchers)[number]): void {
    const { breaker, sent } = dispatcher;
    if (!breaker.allows(sent.length, TARGET, this.nowMs)) return;
    const isProbe = breaker.state !== 'closed';
    const permit = breaker.begin();
    if (!breaker.holds(permit, TARGET, this.nowMs)) throw new Error('A permit did not hold when it was given');
    sent.push({ permit, isProbe, beganMs: this.nowMs });
  }

  end(dispatcher: (typeof this.dispatchers)[number], end = this.isUp ? delivered : failed): void {
    const first = dispatcher.sent.shift();
    if (first !== undefined) dispatcher.breaker.end(first.permit, end, TARGET.maxConcurrency);
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.nowMs += Math.min(left, 100);
      for (const dispatcher of this.dispatchers) {
        while (this.nowMs - (dispatcher.sent[0]?.beganMs ?? Infinity) >= 2 * TARGET.timeoutMs) this.end(dispatcher);
      }
    }
  }

  round({ id, breaker }: (typeof this.dispatchers)[number], losesReport = false, hasReady = always): void {
    const counts = breaker.takeCounts();
    if (counts !== undefined && !losesReport) this.row.report(counts, this.nowMs);
    breaker.learn(this.row.read(id, this.nowMs));
    const change = breaker.next(this.nowMs, hasReady, 0.5);
    if (change === undefined) return;
    const before = this.row.read(id, this.nowMs);
    if (this.row.change(change, id, this.nowMs, (prober) => this.dispatchers.some((dispatcher) => dispatcher.id === prober)) && before.state === 'closed') this.openedWith.push(before);
    breaker.learn(this.row.read(id, this.nowMs));
  }

  /** The process dies, and another takes its place. Its requests may still be at the receiver. */
  crash(dispatcher: (typeof this.dispatchers)[number]): void {
    dispatcher.crashes += 1;
    dispatcher.id = `${dispatcher.id.slice(0, 1)}-${dispatcher.crashes}`;
    dispatcher.breaker = new EndpointBreaker();
    dispatcher.sent.length = 0;
    dispatcher.breaker.learn(this.row.read(dispatcher.id, this.nowMs));
  }

  get probesInFlight(): number {
    return this.dispatchers.flatMap(({ sent }) => sent).filter(({ isProbe }) => isProbe).length;
  }
}

describe('three dispatchers', () => {
  const step = fc.record({
    dispatcher: fc.nat({ max: 2 }),
    act: fc.constantFrom('send', 'send', 'send', 'end', 'end', 'round', 'round', 'idle round', 'lost report', 'not sent', 'crash', 'pass', 'up', 'down', 'down'),
    amount: fc.nat({ max: 40 }),
  });

  function take(world: World, { dispatcher: i, act, amount }: { dispatcher: number; act: string; amount: number }): void {
    const dispatcher = world.dispatchers[i];
    if (dispatcher === undefined) return;
    if (act === 'send') for (let n = 0; n < amount; n++) world.send(dispatcher);
    else if (act === 'end') for (let n = 0; n < amount; n++) world.end(dispatcher);
    else if (act === 'round') world.round(dispatcher);
    else if (act === 'idle round') world.round(dispatcher, false, never);
    else if (act === 'lost report') world.round(dispatcher, true);
    else if (act === 'crash') world.crash(dispatcher);
    else if (act === 'pass') world.pass(amount * amount * 40);
    else if (act === 'not sent') dispatcher.breaker.end(dispatcher.sent.shift()?.permit ?? -1, undefined, TARGET.maxConcurrency);
    else world.isUp = act === 'up';
  }

  it('probe one at a time, open only for what all of them saw, and recover', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
      const world = new World();
      for (const each of steps) {
        take(world, each);
        expect(world.probesInFlight).toBeLessThanOrEqual(1);
      }
      for (const { ended, failed: count } of world.openedWith) expect(count >= 20 && count >= ended * 0.8).toBe(true);
      world.isUp = true;
      // The longest wait, and a claim of a dispatcher that died.
      for (let i = 0; i < 400; i++) {
        for (const dispatcher of world.dispatchers) {
          for (let n = 0; n < 16; n++) world.send(dispatcher);
          world.pass(100);
          while (dispatcher.sent.length > 0) world.end(dispatcher);
          world.round(dispatcher);
        }
      }
      expect(world.dispatchers.map(({ breaker }) => [breaker.state, limitOf(breaker)])).toEqual([['closed', 64], ['closed', 64], ['closed', 64]]);
    }), { numRuns: 100 });
  });

  it('send a dead endpoint a few requests a minute', () => {
    const world = new World();
    world.isUp = false;
    let sent = 0;
    for (let ms = 0; ms < 600_000; ms += 500) {
      if (ms === 300_000) sent = 0;
      for (const dispatcher of world.dispatchers) {
        for (let n = 0; n < 64; n++) world.send(dispatcher);
        sent += dispatcher.sent.length;
        while (dispatcher.sent.length > 0) world.end(dispatcher);
        world.round(dispatcher);
      }
      world.pass(500);
    }
    expect(sent).toBeLessThanOrEqual(6);
    expect(sent).toBeGreaterThanOrEqual(4);
  });
});
