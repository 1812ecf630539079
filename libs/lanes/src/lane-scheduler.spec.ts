import { describe, expect, it } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { now } from '#domain/clock';
import { WindowBudget } from '#domain/lane';
import type { EndpointTarget } from '#endpoints/endpoint-directory';
import { Lease } from '#ownership/lease';
import { LaneScheduler } from './lane-scheduler.js';
import { LaneBudget, type LaneRecord, ShardLanes } from './shard-lanes.js';

const target = (id: number, changes: Partial<EndpointTarget> = {}): EndpointTarget => ({
  id, publicId: `ep_${id}`, url: new URL('http://127.0.0.1/'), headers: {}, signingKeys: [createSecretKey('x', 'utf8')], timeoutMs: 1_000,
  maxConcurrency: 2, retryScheduleMs: undefined, maxRetryAfterMs: 1_000, haltsAtDeadLetter: false, status: 'active', deleted: false, ...changes,
});

/** A scheduler whose lanes run until they are told to end. */
function world(maxRunning: number) {
  const lanes = new ShardLanes(new Lease(0, 1, 60_000, now()), new LaneBudget(100), new WindowBudget(1_000));
  lanes.active = true;
  const running = new Map<number, () => Promise<void>>();
  const deleted: number[] = [];
  const unknown: number[] = [];
  const scheduler = new LaneScheduler(
    maxRunning,
    ({ name, lane }) => {
      lane.start();
      return new Promise<void>((resolve) => running.set(name.kind === 'lane' ? name.lane : -1, async () => {
        resolve();
        await Promise.resolve();
        await Promise.resolve();
      }));
    },
    ({ id }) => deleted.push(id),
    (endpoint) => unknown.push(endpoint),
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
  return { scheduler, lanes, ready, end, deleted, unknown, running: () => [...running.keys()] };
}

describe('LaneScheduler', () => {
  it('gives each endpoint its own places: a slow one holds back only itself', () => {
    const { scheduler, ready, running } = world(10);
    scheduler.endpointChanged(target(1));
    scheduler.endpointChanged(target(2));
    const [a, b, , d] = [ready(1), ready(1), ready(1), ready(2)];
    expect(running()).toEqual([a, b, d]);
  });

  it('goes on with the next when a place is free', async () => {
    const { scheduler, ready, end, running } = world(10);
    scheduler.endpointChanged(target(1));
    const [a, b, c] = [ready(1), ready(1), ready(1)];
    await end(a);
    expect(running()).toEqual([b, c]);
  });

  it('does not leave a place of the process empty because the first in line has no use for it any more', async () => {
    const { scheduler, ready, end, running } = world(1);
    for (const id of [1, 2, 3]) scheduler.endpointChanged(target(id));
    const [c] = [ready(3)];
    const [, b] = [ready(1), ready(2)];
    scheduler.endpointChanged(target(1, { status: 'paused' }));
    await end(c);
    expect(running()).toEqual([b]);
  });

  it('holds lanes of a paused endpoint until it is active again, and asks for one that it doesn\'t know', () => {
    const { scheduler, ready, running, unknown } = world(10);
    scheduler.endpointChanged(target(1, { status: 'paused' }));
    const [a, b] = [ready(1), ready(2)];
    expect([running(), unknown, scheduler.counts()]).toEqual([[], [2], { ready: 0, blocked: 2 }]);
    scheduler.endpointChanged(target(1));
    scheduler.endpointChanged(target(2));
    expect(running()).toEqual([a, b]);
  });

  it('holds lanes back while their shard may not send', () => {
    const { scheduler, lanes, ready, running } = world(10);
    scheduler.endpointChanged(target(1));
    lanes.active = false;
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
