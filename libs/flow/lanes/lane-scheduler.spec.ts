import { describe, expect, it } from '@jest/globals';
import { EndpointBreaker, NEVER_FAILED, type SharedBreaker } from '#domain/breaker';
import { now } from '#domain/clock';
import { WindowBudget } from '#domain/lane';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import { SigningKeys } from '#flow/delivery/signing-keys';
import { testLease } from '#flow/leases/fixtures/test-lease';
import type { LeaseRequest } from '#domain/token-lease';
import { EndpointTokens } from '#flow/rate-limits/endpoint-tokens';
import { LaneScheduler, OWN_SLOTS, type ReleaseSlot, type SendPermission } from './lane-scheduler.js';
import type { DeliveryItem } from './delivery-item.js';
import { LaneBudget } from './lane-budget.js';
import { type LaneRecord, ShardLanes } from './shard-lanes.js';

const target = (id: number, changes: Partial<EndpointTarget> = {}): EndpointTarget => ({
  id, version: 1, isStale: false, publicId: `ep_${id}`, tenant: 'default', url: new URL('http://127.0.0.1/'), headers: {}, oauth2: undefined, signingKeys: new SigningKeys([], now()), timeoutMs: 1_000,
  maxConcurrency: 2, rateLimit: undefined, retryScheduleMs: undefined, maxRetryAfterMs: 1_000, haltsAtDeadLetter: false, status: 'active', deleted: false, ...changes,
});

/** A scheduler whose lanes run until they are told to end. */
function world(sharedSlots: number) {
  const windows = new WindowBudget(1_000);
  const lanes = new ShardLanes(testLease(), new LaneBudget(1_000), windows);
  const running = new Map<number, () => Promise<void>>();
  const releases = new Map<number, ReleaseSlot>();
  const permissions = new Map<number, SendPermission>();
  const breakers = new Map<number, EndpointBreaker>();
  const breakerOf = (endpoint: number): EndpointBreaker => {
    const breaker = breakers.get(endpoint) ?? new EndpointBreaker();
    breakers.set(endpoint, breaker);
    return breaker;
  };
  const deleted: number[] = [];
  let nudges = 0;
  const tokens = new Map<number, EndpointTokens>();
  const settling = new Set<EndpointTokens>();
  const scheduler = new LaneScheduler(
    sharedSlots,
    {
      of: (endpoint, limit, onTokens) => {
        const made = tokens.get(endpoint) ?? new EndpointTokens({ bucket: `endpoint/${endpoint}`, ...limit }, (asking) => settling.add(asking), onTokens);
        tokens.set(endpoint, made);
        return made;
      },
    },
    ({ name, lane }, release, permission) => {
      lane.start();
      permissions.set(name.kind === 'lane' ? name.lane : -1, permission);
      releases.set(name.kind === 'lane' ? name.lane : -1, release);
      return new Promise<void>((resolve) => running.set(name.kind === 'lane' ? name.lane : -1, async () => {
        resolve();
        await Promise.resolve();
        await Promise.resolve();
      }));
    },
    ({ id }) => deleted.push(id),
    { of: breakerOf, nudge: () => (nudges += 1) },
  );
  const learn = (endpoint: number, shared: Partial<SharedBreaker>): void => {
    breakerOf(endpoint).learn({ ...NEVER_FAILED, ...shared });
    scheduler.breakerChanged(endpoint);
  };
  let next = 0;
  const ready = (endpoint: number): number => {
    next += 1;
    const record = lanes.add({ kind: 'lane', lane: next }, endpoint, { headSequence: 1, tailSequence: 1, deliveredSequence: 0, attempts: 0 }) as LaneRecord;
    scheduler.ready(record);
    return next;
  };
  const end = async (lane: number): Promise<void> => {
    const finish = running.get(lane);
    running.delete(lane);
    await finish?.();
  };
  const readyMany = (endpoint: number, count: number): number[] => Array.from({ length: count }, () => ready(endpoint));
  const release = (lane: number, sign: 'delivered' | 'failed' = 'delivered'): void => releases.get(lane)?.({ sign, retryAfterMs: 0 });
  /** What the statement says for which endpoints have asked. */
  const asked = (): LeaseRequest[] => {
    const requests = [...settling].map(({ lease }) => lease.settle(now()));
    settling.clear();
    return requests;
  };
  /** The statement is answered. */
  const answerTokens = (endpoint: number, leased: number): void => {
    asked();
    const asking = tokens.get(endpoint);
    asking?.lease.answered({ leased, remaining: 0, others: 0 }, now(), now());
    asking?.settled();
  };
  return {
    scheduler, lanes, windows, ready, readyMany, end, release, learn, asked, answerTokens, deleted, nudges: () => nudges,
    running: () => [...running.keys()], permission: (lane: number) => permissions.get(lane),
  };
}

describe('LaneScheduler', () => {
  it('gives each endpoint its own slots: a slow one holds up only itself', () => {
    const { scheduler, ready, running } = world(10);
    scheduler.endpointChanged(target(1));
    scheduler.endpointChanged(target(2));
    const [a, b, , d] = [ready(1), ready(1), ready(1), ready(2)];
    expect(running()).toEqual([a, b, d]);
  });

  it('starts the next lane when a slot is free', async () => {
    const { scheduler, ready, end, running } = world(10);
    scheduler.endpointChanged(target(1));
    const [a, b, c] = [ready(1), ready(1), ready(1)];
    await end(a);
    expect(running()).toEqual([b, c]);
  });

  it('gives an endpoint its own slots while another one holds all shared slots', async () => {
    const { scheduler, readyMany, end, running } = world(3);
    for (const id of [1, 2]) scheduler.endpointChanged(target(id, { maxConcurrency: 10_000 }));
    const hanging = readyMany(1, 100).slice(0, OWN_SLOTS + 3);
    expect(running()).toEqual(hanging);
    const [first = 0, ...others] = readyMany(2, OWN_SLOTS + 2);
    expect(running()).toEqual([...hanging, first, ...others.slice(0, OWN_SLOTS - 1)]);
    await end(first);
    expect(running()).toEqual([...hanging, ...others.slice(0, OWN_SLOTS)]);
  });

  it('uses its own slot again when an outcome is committed after its exchange has ended', async () => {
    const { scheduler, readyMany, release, end, running } = world(0);
    scheduler.endpointChanged(target(1, { maxConcurrency: OWN_SLOTS }));
    const [first = 0, ...others] = readyMany(1, OWN_SLOTS + 1);
    release(first);
    expect(running()).toEqual([first, ...others.slice(0, -1)]);
    await end(first);
    expect(running()).toEqual(others);
  });

  it('gives the shared slots to the endpoints in turn', async () => {
    const { scheduler, readyMany, release, end, running } = world(1);
    for (const id of [1, 2, 3]) scheduler.endpointChanged(target(id, { maxConcurrency: 100 }));
    const beyond = (id: number): number[] => readyMany(id, OWN_SLOTS + 3).slice(OWN_SLOTS);
    const [[a1, a2, a3], [b1], [c1]] = [beyond(1), beyond(2), beyond(3)];
    const turns: (number | undefined)[] = [];
    for (let lane = a1; lane !== undefined && turns.length < 5; lane = running().at(-1)) {
      turns.push(lane);
      release(lane);
      await end(lane);
    }
    expect(turns).toEqual([a1, a2, b1, c1, a3]);
  });

  it('does not leave a shared slot empty when the first in line no longer needs it', async () => {
    const { scheduler, ready, readyMany, end, running } = world(1);
    for (const id of [1, 2, 3]) {
      scheduler.endpointChanged(target(id, { maxConcurrency: 100 }));
      readyMany(id, OWN_SLOTS);
    }
    const c = ready(3);
    const [a, b] = [ready(1), ready(2)];
    expect(running()).not.toContain(b);
    scheduler.endpointChanged(target(1, { status: 'paused' }));
    await end(c);
    expect(running()).toContain(b);
    expect(running()).not.toContain(a);
  });

  it('holds lanes of an endpoint that is paused, unknown or stale, and starts them when it is known to be active', () => {
    const { scheduler, ready, running } = world(10);
    scheduler.endpointChanged(target(1, { status: 'paused' }));
    scheduler.endpointChanged(target(3, { isStale: true }));
    const [a, b, c] = [ready(1), ready(2), ready(3)];
    expect([running(), scheduler.counts()]).toEqual([[], { ready: 0, limited: 0, blocked: 1, stale: 2 }]);
    for (const id of [1, 2, 3]) scheduler.endpointChanged(target(id, { version: 2 }));
    expect(running()).toEqual([a, b, c]);
  });

  it('starts nothing of an endpoint that becomes stale, neither what is ready nor what a free slot is for', async () => {
    const { scheduler, ready, end, running } = world(10);
    scheduler.endpointChanged(target(1, { maxConcurrency: 1 }));
    const [a, b] = [ready(1), ready(1)];
    scheduler.endpointChanged(target(1, { isStale: true }));
    await end(a);
    ready(1);
    expect(running()).toEqual([]);
    scheduler.endpointChanged(target(1, { version: 2, maxConcurrency: 1 }));
    expect(running()).toEqual([b]);
  });

  it('holds lanes while their shard may not send', () => {
    const { scheduler, lanes, ready, running } = world(10);
    scheduler.endpointChanged(target(1));
    lanes.lease.suspend();
    ready(1);
    expect([running(), lanes.held.size]).toEqual([[], 1]);
  });

  it('sends nothing to an endpoint whose breaker is open, then one probe, then more with each answer', async () => {
    const { scheduler, readyMany, release, end, learn, nudges, running } = world(10);
    scheduler.endpointChanged(target(1, { maxConcurrency: 8 }));
    learn(1, { version: 1, state: 'open', probeAtMs: 0 });
    const [a, b, c, d] = readyMany(1, 4) as [number, number, number, number];
    expect([running(), scheduler.hasReady(1), scheduler.counts().ready]).toEqual([[], true, 4]);
    learn(1, { version: 2, state: 'half-open', probeAtMs: performance.now() + 60_000, isProber: true });
    expect(running()).toEqual([a]);
    release(a);
    await end(a);
    expect([running(), nudges()]).toEqual([[], 1]);
    learn(1, { version: 3, state: 'closed' });
    expect(running()).toEqual([b]);
    release(b);
    await end(b);
    expect(running()).toEqual([c, d]);
  });

  it('has nothing ready for a probe while the endpoint is paused, or when nothing waits', () => {
    const { scheduler, ready, learn } = world(10);
    learn(1, { version: 1, state: 'open' });
    scheduler.endpointChanged(target(1));
    expect([scheduler.hasReady(1), scheduler.hasReady(2)]).toEqual([false, false]);
    ready(1);
    expect(scheduler.hasReady(1)).toBe(true);
    scheduler.endpointChanged(target(1, { status: 'paused' }));
    expect(scheduler.hasReady(1)).toBe(false);
  });

  it('withdraws the permission of what was started when the breaker opens', () => {
    const { scheduler, ready, learn, permission } = world(10);
    scheduler.endpointChanged(target(1));
    const a = ready(1);
    expect(permission(a)?.isPermitted()).toBe(true);
    learn(1, { version: 1, state: 'open' });
    expect(permission(a)?.isPermitted()).toBe(false);
  });

  it('keeps no windows of lanes that wait for a breaker', () => {
    const { scheduler, lanes, windows, learn } = world(10);
    const loaded = (lane: number): LaneRecord => {
      const record = lanes.add({ kind: 'lane', lane }, 1, { headSequence: 1, tailSequence: 0, deliveredSequence: 0, attempts: 0 }) as LaneRecord;
      record.lane.admit(1, { sequence: 1, attempts: 0, bytes: 10 } as DeliveryItem);
      return record;
    };
    scheduler.endpointChanged(target(1, { status: 'paused' }));
    scheduler.ready(loaded(1));
    expect(windows.usedBytes).toBe(10);
    learn(1, { version: 1, state: 'open' });
    expect(windows.usedBytes).toBe(0);
    scheduler.ready(loaded(2));
    expect([windows.usedBytes, scheduler.counts().blocked]).toEqual([0, 2]);
  });

  it('forgets removed lanes of an endpoint whose breaker is open', () => {
    const { scheduler, lanes, ready, learn } = world(10);
    scheduler.endpointChanged(target(1));
    learn(1, { version: 1, state: 'open' });
    const lane = ready(1);
    const record = lanes.find({ kind: 'lane', lane });
    if (record !== undefined) lanes.remove(record);
    scheduler.forgetRemoved();
    expect(scheduler.counts().ready).toBe(0);
  });

  it('reports a deletion only when nothing of the endpoint runs, and again for lanes that come later', async () => {
    const { scheduler, ready, end, deleted } = world(10);
    scheduler.endpointChanged(target(1));
    const a = ready(1);
    scheduler.endpointChanged(target(1, { deleted: true }));
    expect(deleted).toEqual([]);
    await end(a);
    expect(deleted).toEqual([1]);
    ready(1);
    scheduler.sweepDeleted();
    expect(deleted).toEqual([1, 1]);
  });

  it('starts a lane of an endpoint with a rate limit only with a token, longest ready first; the others wait without a slot', () => {
    const { scheduler, readyMany, ready, running, asked, answerTokens } = world(2);
    scheduler.endpointChanged(target(1, { maxConcurrency: 100, rateLimit: { perSecond: 20, burst: 20 } }));
    scheduler.endpointChanged(target(2));
    const lanes = readyMany(1, 15);
    expect([running(), asked(), scheduler.counts().limited]).toEqual([[], [expect.objectContaining({ wanted: OWN_SLOTS + 2, waiting: 15 })], 15]);
    answerTokens(1, 3);
    expect([running(), scheduler.counts().limited]).toEqual([lanes.slice(0, 3), 12]);
    // They use own slots only: another endpoint has the shared ones.
    expect(scheduler.isStarved(1)).toBe(false);
    const other = ready(2);
    expect(running()).toContain(other);
  });

  it('asks for as many tokens as it can use, and says how many lanes wait', () => {
    const { scheduler, readyMany, asked, answerTokens } = world(2);
    scheduler.endpointChanged(target(1, { status: 'paused', maxConcurrency: 100, rateLimit: { perSecond: 20, burst: 20 } }));
    readyMany(1, 50);
    expect(asked()).toEqual([]);
    scheduler.endpointChanged(target(1, { maxConcurrency: 100, rateLimit: { perSecond: 20, burst: 20 } }));
    expect(asked()).toEqual([expect.objectContaining({ wanted: OWN_SLOTS + 2, waiting: 50 })]);
    answerTokens(1, 4);
    expect(scheduler.counts().limited).toBe(46);
  });

  it('gives a token that was not used to the next lane, and takes none for a lane that may not be started', async () => {
    const { scheduler, lanes, readyMany, end, running, permission, answerTokens } = world(0);
    scheduler.endpointChanged(target(1, { maxConcurrency: 1, rateLimit: { perSecond: 20, burst: 20 } }));
    const [a = 0, b = 0, c = 0, d = 0] = readyMany(1, 4);
    const removed = lanes.find({ kind: 'lane', lane: b });
    if (removed !== undefined) lanes.remove(removed);
    answerTokens(1, 1);
    expect(running()).toEqual([a]);
    await end(a);
    expect([running(), permission(a)?.token?.use()]).toEqual([[c], false]);
    expect(permission(c)?.token?.use()).toBe(true);
    await end(c);
    expect([running(), scheduler.counts().limited]).toEqual([[], 1]);
    answerTokens(1, 1);
    expect(running()).toEqual([d]);
  });

  it('needs no token any more when the rate limit is removed', () => {
    const { scheduler, readyMany, running, permission } = world(0);
    scheduler.endpointChanged(target(1, { maxConcurrency: 5, rateLimit: { perSecond: 0.01, burst: 1 } }));
    const lanes = readyMany(1, 3);
    scheduler.endpointChanged(target(1, { maxConcurrency: 5 }));
    expect([running(), lanes.map((lane) => permission(lane)?.token)]).toEqual([lanes, [undefined, undefined, undefined]]);
  });

  it('forgets removed lanes that wait for tokens', () => {
    const { scheduler, lanes, readyMany } = world(0);
    scheduler.endpointChanged(target(1, { rateLimit: { perSecond: 0.01, burst: 1 } }));
    const [a = 0] = readyMany(1, 3);
    const removed = lanes.find({ kind: 'lane', lane: a });
    if (removed !== undefined) lanes.remove(removed);
    scheduler.forgetRemoved();
    expect(scheduler.counts().limited).toBe(2);
  });
});
