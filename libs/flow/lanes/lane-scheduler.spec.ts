import { describe, expect, it } from '@jest/globals';
import { now } from '#domain/clock';
import { WindowBudget } from '#domain/lane';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import { SigningKeys } from '#flow/delivery/signing-keys';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { LaneScheduler, OWN_SLOTS, type ReleaseSlot } from './lane-scheduler.js';
import { LaneBudget } from './lane-budget.js';
import { type LaneRecord, ShardLanes } from './shard-lanes.js';

const target = (id: number, changes: Partial<EndpointTarget> = {}): EndpointTarget => ({
  id, version: 1, isStale: false, publicId: `ep_${id}`, url: new URL('http://127.0.0.1/'), headers: {}, oauth2: undefined, signingKeys: new SigningKeys([], now()), timeoutMs: 1_000,
  maxConcurrency: 2, retryScheduleMs: undefined, maxRetryAfterMs: 1_000, haltsAtDeadLetter: false, status: 'active', deleted: false, ...changes,
});

/** A scheduler whose lanes run until they are told to end. */
function world(sharedSlots: number) {
  const lanes = new ShardLanes(testLease(), new LaneBudget(1_000), new WindowBudget(1_000));
  const running = new Map<number, () => Promise<void>>();
  const releases = new Map<number, ReleaseSlot>();
  const deleted: number[] = [];
  const scheduler = new LaneScheduler(
    sharedSlots,
    ({ name, lane }, release) => {
      lane.start();
      releases.set(name.kind === 'lane' ? name.lane : -1, release);
      return new Promise<void>((resolve) => running.set(name.kind === 'lane' ? name.lane : -1, async () => {
        resolve();
        await Promise.resolve();
        await Promise.resolve();
      }));
    },
    ({ id }) => deleted.push(id),
  );
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
  return { scheduler, lanes, ready, readyMany, end, release: (lane: number) => releases.get(lane)?.(true), deleted, running: () => [...running.keys()] };
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
    expect([running(), scheduler.counts()]).toEqual([[], { ready: 0, blocked: 1, stale: 2 }]);
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
});
