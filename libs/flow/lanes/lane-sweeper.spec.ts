import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { now } from '#domain/clock';
import { WindowBudget } from '#domain/lane';
import { LaneBudget, type LaneRecord, ShardLanes } from './shard-lanes.js';
import { Lease } from '#flow/leases/lease';
import type { Logger } from '#ground/telemetry/logger';
import type { EndpointDiscarder } from '#flow/operations/endpoint-discarder';
import type { LaneLoader } from './lane-loader.js';
import type { LaneRunner } from './lane-runner.js';
import { LaneSweeper } from './lane-sweeper.js';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A shard whose lanes all wait, and a sweeper that has begun. */
function world(limit: number) {
  const budget = new LaneBudget(limit);
  const lanes = new ShardLanes(new Lease(0, 1, 60_000, now()), budget, new WindowBudget(1_000));
  lanes.active = true;
  lanes.complete = true;
  const woken: LaneRecord[] = [];
  const passes: ShardLanes[] = [];
  const runner = { wake: (record: LaneRecord) => woken.push(record), scheduler: { forgetRemoved: () => undefined, sweepDeleted: () => undefined, counts: () => ({ ready: 0, blocked: 0 }) } };
  const sweeper = new LaneSweeper(
    { all: () => [{ lanes, loaded: true }] } as unknown as ShardSupervisor,
    runner as unknown as LaneRunner,
    { load: (shard: ShardLanes) => Promise.resolve(void passes.push(shard)) } as unknown as LaneLoader,
    { sweep: () => undefined } as unknown as EndpointDiscarder,
    budget,
    () => 0,
    {} as Logger,
  );
  const wait = (lane: number, endpoint: number, dueInMs: number): LaneRecord => {
    const record = lanes.add({ kind: 'lane', lane }, endpoint, { headSequence: 1, tailSequence: 1, deliveredSequence: 0, attempts: 1 }) as LaneRecord;
    record.lane.await();
    record.dueAtMs = performance.now() + dueInMs;
    lanes.waiting.add(record);
    return record;
  };
  sweeper.start();
  return { sweeper, lanes, budget, woken, passes, wait };
}

describe('LaneSweeper', () => {
  it('starts a head whose time has passed though its token never came', () => {
    const { sweeper, woken, wait } = world(10);
    const lost = wait(1, 1, 400);
    const later = wait(2, 1, 5_000);
    jest.advanceTimersByTime(1_000);
    expect(woken).toEqual([lost]);
    jest.advanceTimersByTime(5_000);
    expect(woken).toContain(later);
    sweeper.stop();
  });

  it('lets go of lanes that wait for long when there is no room, and looks for them in Postgres again', () => {
    const { sweeper, lanes, budget, passes, wait } = world(10);
    for (let lane = 1; lane <= 5; lane++) wait(lane, 1, 3_600_000);
    for (let lane = 6; lane <= 9; lane++) wait(lane, 2, 3_600_000);
    const soon = wait(10, 3, 30_000);
    expect(budget.take(4)).toBe(false);
    jest.advanceTimersByTime(1_000);
    expect([...lanes.all()]).toContain(soon);
    expect(budget.take(4)).toBe(true);
    expect([lanes.complete, passes.length]).toEqual([false, 1]);
    sweeper.stop();
  });

  it('keeps lanes that wait for long while there is room', () => {
    const { sweeper, lanes, passes, wait } = world(100);
    for (let lane = 1; lane <= 5; lane++) wait(lane, 1, 3_600_000);
    jest.advanceTimersByTime(1_000);
    expect([lanes.size, passes.length]).toEqual([5, 0]);
    sweeper.stop();
  });
});
