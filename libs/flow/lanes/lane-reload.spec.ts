import { describe, expect, it } from '@jest/globals';
import { now } from '#domain/clock';
import type { AttemptResult } from '#domain/disposition';
import { WindowBudget } from '#domain/lane';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import { SigningKeys } from '#flow/delivery/signing-keys';
import { deliveryItem } from './delivery-item.js';
import type { LanesRepository, PendingLane } from './lanes.repository.js';
import { LaneBudget, type LaneStop, ShardLanes } from './shard-lanes.js';
import { Lease } from '#flow/leases/lease';
import type { Logger } from '#ground/telemetry/logger';
import { LaneLoader } from './lane-loader.js';
import { LaneRunner, type LaneRunnerOptions } from './lane-runner.js';

const LANE = 7;
const target: EndpointTarget = {
  id: 1, publicId: 'ep_1', url: new URL('http://127.0.0.1/'), headers: {}, signingKeys: new SigningKeys([], now()), timeoutMs: 1_000, maxConcurrency: 5,
  retryScheduleMs: undefined, maxRetryAfterMs: 1, haltsAtDeadLetter: true, status: 'active', deleted: false,
};
const answer = (statusCode: number): AttemptResult => ({ startedAtMs: 0, durationMs: 1, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined });

function pending(headSequence: number, stopped?: LaneStop): PendingLane {
  return { name: { kind: 'lane', lane: LANE }, endpoint: 1, position: { headSequence, tailSequence: 3, deliveredSequence: 0, attempts: 0 }, dueInMs: undefined, stopped };
}

const item = (sequence: number) => deliveryItem({
  sequence, key: { eventId: `00000000-0000-7000-8000-00000000000${sequence}`, endpoint: 1, replay: 0 }, tenant: 'default', entity: 'e', type: 't',
  contentType: 'application/json', traceparent: null, payload: Buffer.from('{}'), attempts: 0, replayedAttempts: 0, dueAtMs: -Infinity,
});

/** Everything that can go on without something from outside has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** One lane of one shard; Postgres and the endpoint answer when the test says so. */
function world(limit = 10) {
  const budget = new LaneBudget(limit);
  const shard = new ShardLanes(new Lease(0, 1, 60_000, now()), budget, new WindowBudget(100_000));
  shard.active = true;
  const sent: ((result: AttemptResult) => void)[] = [];
  const deleted: number[] = [];
  const postgres = {
    head: 1,
    stopped: undefined as LaneStop | undefined,
    page: (): Promise<PendingLane[]> => Promise.resolve([pending(postgres.head, postgres.stopped)]),
    outcome: (): Promise<string> => Promise.resolve('applied'),
    reload: (): Promise<(PendingLane | undefined)[]> => Promise.resolve([pending(postgres.head, postgres.stopped)]),
  };
  const lanes = {
    pendingLanes: () => postgres.page(),
    pendingSingles: () => Promise.resolve([]),
    findLanes: async (wanted: readonly unknown[]) => {
      const [found] = await postgres.reload();
      return wanted.map(() => found);
    },
    windows: (records: readonly unknown[]) => Promise.resolve(records.map(() => [1, 2, 3].filter((sequence) => sequence >= postgres.head).map(item))),
  } as unknown as LanesRepository;
  const logger = { warn: () => undefined, info: () => undefined, error: () => undefined } as unknown as Logger;
  const runner = new LaneRunner({
    client: { send: () => ({ result: new Promise((resolve) => sent.push(resolve)), abort: () => undefined }) },
    lanes, logger, outcomes: { add: () => postgres.outcome() }, ladder: { tierFor: () => undefined }, retryScheduleMs: [], concurrency: 10,
    admissionsSent: () => 0, onFenced: () => undefined, onDeleted: ({ id }: EndpointTarget) => deleted.push(id), onEndpointsStale: () => undefined,
  } as unknown as LaneRunnerOptions);
  runner.scheduler.endpointChanged(target);
  const loader = new LaneLoader(lanes, runner, budget, logger);
  return { budget, shard, sent, deleted, postgres, runner, loader, record: () => shard.find({ kind: 'lane', lane: LANE }) };
}

describe('a lane that an operator has moved', () => {
  it('is not forgotten when Postgres does not answer at its idle point, whatever pass went over the shard meanwhile', async () => {
    const { shard, loader, sent, postgres, record } = world();
    await loader.load(shard);
    await settled();
    loader.reload(shard, LANE);
    await loader.load(shard);
    postgres.reload = () => Promise.reject(new Error('Connection terminated'));
    sent[0]?.(answer(200));
    await settled();
    expect([record(), shard.complete]).toEqual([undefined, false]);
    postgres.head = 2;
    await loader.load(shard);
    await settled();
    expect([sent.length, shard.complete]).toEqual([2, true]);
  });

  it('is not forgotten when its place was taken meanwhile', async () => {
    const { shard, loader, sent, postgres, budget, record } = world(2);
    budget.take(2);
    await loader.load(shard);
    await settled();
    const answered = Promise.withResolvers<undefined>();
    postgres.reload = async () => {
      await answered.promise;
      return [pending(2)];
    };
    loader.reload(shard, LANE);
    await loader.load(shard);
    sent[0]?.(answer(200));
    await settled();
    budget.take(3);
    answered.resolve(undefined);
    await settled();
    expect([record(), shard.complete]).toEqual([undefined, false]);
  });

  it('does not come back as a page had it that was read before', async () => {
    const { shard, loader, sent, postgres, record } = world();
    const page = Promise.withResolvers<PendingLane[]>();
    const { page: read } = postgres;
    postgres.page = () => page.promise;
    const pass = loader.load(shard);
    // The page was read while the lane was halted; then the halt was ended.
    loader.reload(shard, LANE);
    page.resolve([pending(1, 'halted')]);
    await pass;
    await settled();
    expect([record()?.stopped, sent.length]).toEqual([undefined, 1]);
    postgres.page = read;
  });

  it('stays halted at a dead letter that a page read before it does not know', async () => {
    const { shard, loader, sent, postgres, record } = world();
    await loader.load(shard);
    await settled();
    const page = Promise.withResolvers<PendingLane[]>();
    postgres.page = () => page.promise;
    const pass = loader.load(shard);
    loader.reload(shard, LANE);
    [postgres.head, postgres.stopped] = [2, 'halted'];
    sent[0]?.(answer(500));
    page.resolve([pending(1)]);
    await pass;
    await settled();
    expect([record()?.stopped, sent.length]).toEqual(['halted', 1]);
  });

  it('still says that its head may have been sent by a former owner', async () => {
    const { shard, loader, runner, record } = world();
    runner.scheduler.endpointChanged({ ...target, status: 'paused' });
    await loader.load(shard);
    expect(record()?.redelivered).toBe(true);
    loader.reload(shard, LANE);
    await settled();
    expect(record()?.redelivered).toBe(true);
  });

  it('still says so when it is moved twice at once', async () => {
    const { shard, loader, runner, record } = world();
    runner.scheduler.endpointChanged({ ...target, status: 'paused' });
    await loader.load(shard);
    loader.reload(shard, LANE);
    loader.reload(shard, LANE);
    await settled();
    expect([record()?.redelivered, shard.wasComplete]).toEqual([true, true]);
  });

  it('still says so when only the next pass over the shard brings it back', async () => {
    const { shard, loader, runner, postgres, record } = world();
    runner.scheduler.endpointChanged({ ...target, status: 'paused' });
    await loader.load(shard);
    postgres.reload = () => Promise.reject(new Error('Connection terminated'));
    loader.reload(shard, LANE);
    await settled();
    expect(record()).toBeUndefined();
    await loader.load(shard);
    expect(record()?.redelivered).toBe(true);
  });

  it('leaves nothing behind in the queue of an endpoint that takes nothing', async () => {
    const { shard, loader, runner } = world();
    runner.scheduler.endpointChanged({ ...target, status: 'paused' });
    await loader.load(shard);
    for (let i = 0; i < 20; i++) {
      loader.reload(shard, LANE);
      await settled();
    }
    runner.scheduler.forgetRemoved();
    expect(runner.scheduler.counts()).toEqual({ ready: 0, blocked: 1 });
  });
});

it('a head may have been sent until its outcome is committed, also when its lane is loaded anew', async () => {
  const { shard, loader, runner, sent, postgres, record } = world();
  await loader.load(shard);
  await settled();
  sent[0]?.(answer(200));
  await settled();
  // The second one's outcome can't be committed.
  postgres.outcome = () => Promise.reject(new Error('Connection terminated'));
  sent[1]?.(answer(200));
  await settled();
  expect(record()).toBeUndefined();
  [postgres.head, postgres.outcome] = [2, () => Promise.resolve('applied')];
  await loader.load(shard);
  expect(record()?.redelivered).toBe(true);
  runner.scheduler.endpointChanged({ ...target, status: 'paused' });
  await settled();
  sent[2]?.(answer(200));
  await settled();
  expect([record()?.lane.headSequence, record()?.redelivered]).toEqual([3, false]);
});

it('what waits in a halted lane of an endpoint that was deleted before the process began is discarded', async () => {
  const { shard, loader, runner, postgres, deleted } = world();
  runner.scheduler.endpointChanged({ ...target, deleted: true });
  deleted.length = 0;
  postgres.stopped = 'halted';
  await loader.load(shard);
  runner.scheduler.sweepDeleted();
  expect(deleted).toEqual([1]);
});
