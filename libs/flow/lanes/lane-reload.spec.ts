import { describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { EndpointBreaker, NEVER_FAILED } from '#domain/breaker';
import { now } from '#domain/clock';
import type { AttemptResult } from '#domain/disposition';
import { WindowBudget } from '#domain/lane';
import { AccessToken, type TokenResult } from '#flow/delivery/access-token';
import type { TokenSource } from '#flow/delivery/access-tokens';
import { type EndpointTarget, takesDeliveries } from '#flow/delivery/endpoint-directory';
import { SigningKeys } from '#flow/delivery/signing-keys';
import { Samples } from '#ground/samples/samples';
import { deliveryItem } from './delivery-item.js';
import type { PendingLane } from './lanes.repository.js';
import { AdmissionProgress } from './admission-progress.js';
import { EndpointActivity } from './endpoint-activity.js';
import { LaneBudget } from './lane-budget.js';
import { OpenShards } from './open-shards.js';
import type { LaneStop } from './lane-stop.js';
import { ShardLanes } from './shard-lanes.js';
import { testLease } from '#flow/leases/fixtures/test-lease';
import type { Outcome, OutcomeVerdict } from '#flow/outcome/outcome';
import { NO_TRACING } from '#ground/tracing/tracing';
import { LaneLoader } from './lane-loader.js';
import { LaneRunner } from './lane-runner.js';

const LANE = 7;
const target: EndpointTarget = {
  id: 1, version: 1, isStale: false, publicId: 'ep_1', tenant: 'default', url: new URL('http://127.0.0.1/'), headers: {}, oauth2: undefined, signingKeys: new SigningKeys([], now()), timeoutMs: 1_000, maxConcurrency: 5,
  rateLimit: undefined, retryScheduleMs: undefined, maxRetryAfterMs: 1, haltsAtDeadLetter: true, status: 'active', deleted: false,
};
const answer = (statusCode: number): AttemptResult => ({ startedAtMs: 0, durationMs: 1, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined });

function pending(headSequence: number, stopped?: LaneStop): PendingLane {
  return { name: { kind: 'lane', lane: LANE }, endpoint: 1, endpointVersion: 1, position: { headSequence, tailSequence: 3, deliveredSequence: 0, attempts: 0 }, dueInMs: undefined, stopped };
}

const item = (sequence: number) => deliveryItem({
  sequence, key: { eventId: `00000000-0000-7000-8000-00000000000${sequence}`, endpoint: 1, replay: 0 }, tenant: 'default', entity: 'e', type: 't',
  source: null, contentType: 'application/json', traceparent: null, attributes: null, payload: Buffer.from('{}'), attempts: 0, replayedAttempts: 0, dueAtMs: -Infinity,
});

/** Everything has happened that needs nothing from outside. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** One lane of one shard; Postgres and the endpoint answer when the test says so. */
function world(limit = 10) {
  const budget = new LaneBudget(limit);
  const shard = new ShardLanes(testLease(), budget, new WindowBudget(100_000));
  const sent: ((result: AttemptResult) => void)[] = [];
  const requests: { url: string; timeoutMs: number }[] = [];
  const outcomes: Outcome[] = [];
  const deleted: number[] = [];
  const samples = new Samples();
  const postgres = {
    head: 1,
    stopped: undefined as LaneStop | undefined,
    page: (): Promise<PendingLane[]> => Promise.resolve([pending(postgres.head, postgres.stopped)]),
    outcome: (): Promise<OutcomeVerdict> => Promise.resolve('applied'),
    load: (): Promise<void> => Promise.resolve(),
    reload: (): Promise<(PendingLane | undefined)[]> => Promise.resolve([pending(postgres.head, postgres.stopped)]),
  };
  const lanes = {
    pendingLanes: () => postgres.page(),
    pendingUnordered: () => Promise.resolve([]),
    findLanes: async (wanted: readonly unknown[]) => {
      const [found] = await postgres.reload();
      return wanted.map(() => found);
    },
    windows: async (records: readonly unknown[]) => {
      await postgres.load();
      return records.map(() => [1, 2, 3].filter((sequence) => sequence >= postgres.head).map(item));
    },
  };
  const asked: ((result: TokenResult) => void)[] = [];
  const tokens: TokenSource = { get: () => new Promise((resolve) => asked.push(resolve)), refused: () => undefined };
  const logger = pino({ level: 'silent' });
  let known = target;
  let listener: (changed: EndpointTarget) => void = () => undefined;
  const endpointChanged = (changed: EndpointTarget): void => {
    known = changed;
    listener(changed);
  };
  const directory = {
    onChange: (added: typeof listener) => (listener = added),
    get: () => known,
    open: () => (takesDeliveries(known) ? known : undefined),
    stopGone: () => () => undefined,
  };
  const breaker = new EndpointBreaker();
  const runner = new LaneRunner(
    {
      send: (_, { url, timeoutMs }) => {
        requests.push({ url: url.href, timeoutMs });
        return { result: new Promise<AttemptResult>((resolve) => sent.push(resolve)), abort: () => undefined };
      },
    },
    directory,
    lanes,
    {
      add: (outcome) => {
        outcomes.push(outcome);
        return postgres.outcome();
      },
      hurry: () => undefined,
    },
    { of: () => breaker, nudge: () => undefined, serve: () => undefined },
    new AdmissionProgress(), { of: () => { throw new Error('The endpoint has no rate limit'); } }, new EndpointActivity(samples, new OpenShards(), { get: () => target }),
    { retryScheduleMs: [], deliveryConcurrency: 10 }, logger, tokens, NO_TRACING,
  );
  runner.onEndpointDeleted(({ id }) => deleted.push(id));
  endpointChanged(target);
  const loader = new LaneLoader(lanes, runner, budget, new AdmissionProgress(), { requireVersion: () => undefined }, logger);
  return {
    budget, shard, sent, requests, asked, outcomes, deleted, samples, postgres, runner, loader, breaker, endpointChanged,
    record: () => shard.find({ kind: 'lane', lane: LANE }),
  };
}

describe('a lane that an operator has moved', () => {
  it('is not forgotten when Postgres does not answer at its idle point, though a scan has ended in the meantime', async () => {
    const { shard, loader, sent, postgres, record } = world();
    await loader.scan(shard);
    await settled();
    loader.reload(shard, LANE);
    await loader.scan(shard);
    postgres.reload = () => Promise.reject(new Error('Connection terminated'));
    sent[0]?.(answer(200));
    await settled();
    expect([record(), shard.coverage.isComplete]).toEqual([undefined, false]);
    postgres.head = 2;
    await loader.scan(shard);
    await settled();
    expect([sent.length, shard.coverage.isComplete]).toEqual([2, true]);
  });

  it('is not forgotten when the lane budget is used up in the meantime', async () => {
    const { shard, loader, sent, postgres, budget, record } = world(2);
    budget.take(2);
    await loader.scan(shard);
    await settled();
    const answered = Promise.withResolvers<undefined>();
    postgres.reload = async () => {
      await answered.promise;
      return [pending(2)];
    };
    loader.reload(shard, LANE);
    await loader.scan(shard);
    sent[0]?.(answer(200));
    await settled();
    budget.take(3);
    answered.resolve(undefined);
    await settled();
    expect([record(), shard.coverage.isComplete]).toEqual([undefined, false]);
  });

  it('does not come back as an older page shows it', async () => {
    const { shard, loader, sent, postgres, record } = world();
    const page = Promise.withResolvers<PendingLane[]>();
    const { page: read } = postgres;
    postgres.page = () => page.promise;
    const scan = loader.scan(shard);
    // The page was read while the lane was halted; then the halt was ended.
    loader.reload(shard, LANE);
    page.resolve([pending(1, 'halted')]);
    await scan;
    await settled();
    expect([record()?.stopped, sent.length]).toEqual([undefined, 1]);
    postgres.page = read;
  });

  it('stays halted at a dead letter that an older page does not know', async () => {
    const { shard, loader, sent, postgres, record } = world();
    await loader.scan(shard);
    await settled();
    const page = Promise.withResolvers<PendingLane[]>();
    postgres.page = () => page.promise;
    const scan = loader.scan(shard);
    loader.reload(shard, LANE);
    [postgres.head, postgres.stopped] = [2, 'halted'];
    sent[0]?.(answer(500));
    page.resolve([pending(1)]);
    await scan;
    await settled();
    expect([record()?.stopped, sent.length]).toEqual(['halted', 1]);
  });

  it('still says that its head may have been sent by a former owner', async () => {
    const { shard, loader, record, endpointChanged } = world();
    endpointChanged({ ...target, status: 'paused' });
    await loader.scan(shard);
    expect(record()?.redelivered).toBe(true);
    loader.reload(shard, LANE);
    await settled();
    expect(record()?.redelivered).toBe(true);
  });

  it('still says so when it is moved twice at once', async () => {
    const { shard, loader, record, endpointChanged } = world();
    endpointChanged({ ...target, status: 'paused' });
    await loader.scan(shard);
    loader.reload(shard, LANE);
    loader.reload(shard, LANE);
    await settled();
    expect([record()?.redelivered, shard.coverage.wasComplete]).toEqual([true, true]);
  });

  it('still says so when only the next scan of the shard loads it', async () => {
    const { shard, loader, postgres, record, endpointChanged } = world();
    endpointChanged({ ...target, status: 'paused' });
    await loader.scan(shard);
    postgres.reload = () => Promise.reject(new Error('Connection terminated'));
    loader.reload(shard, LANE);
    await settled();
    expect(record()).toBeUndefined();
    await loader.scan(shard);
    expect(record()?.redelivered).toBe(true);
  });

  it('leaves nothing behind in the queue of a paused endpoint', async () => {
    const { shard, loader, runner, endpointChanged } = world();
    endpointChanged({ ...target, status: 'paused' });
    await loader.scan(shard);
    for (let i = 0; i < 20; i++) {
      loader.reload(shard, LANE);
      await settled();
    }
    runner.scheduler.forgetRemoved();
    expect(runner.scheduler.counts()).toEqual({ ready: 0, limited: 0, blocked: 1, stale: 0 });
  });
});

it('a head may have been sent until its outcome is committed, also when its lane is loaded again', async () => {
  const { shard, loader, sent, postgres, record, endpointChanged } = world();
  await loader.scan(shard);
  await settled();
  sent[0]?.(answer(200));
  await settled();
  // The second one's outcome cannot be committed.
  postgres.outcome = () => Promise.reject(new Error('Connection terminated'));
  sent[1]?.(answer(200));
  await settled();
  expect(record()).toBeUndefined();
  [postgres.head, postgres.outcome] = [2, () => Promise.resolve('applied')];
  await loader.scan(shard);
  expect(record()?.redelivered).toBe(true);
  await settled();
  endpointChanged({ ...target, status: 'paused' });
  await settled();
  sent[2]?.(answer(200));
  await settled();
  expect([record()?.lane.headSequence, record()?.redelivered]).toEqual([3, false]);
});

it.each([['applied', 1], ['already', 1], ['fenced', 0], ['superseded', 0]] as const)('an attempt whose outcome is %s is counted %p times', async (verdict, times) => {
  const { shard, loader, sent, postgres, samples } = world();
  postgres.outcome = () => Promise.resolve(verdict);
  await loader.scan(shard);
  await settled();
  sent[0]?.(answer(204));
  await settled();
  const counted = samples.take(0).noted.map(({ dimension, name, measure, count }) => [dimension, name, measure, count]);
  const measures = ['attempts.2xx', 'deliveries.delivered', 'latency', 'delay'];
  const of = (dimension: string, which: unknown): unknown[] => measures.map((measure) => [dimension, which, measure, times]);
  expect(counted).toEqual(times === 0 ? [] : [...of('tenant', ''), ...of('source', 'api'), ...of('type', 't'), ...of('endpoint', '1')]);
});

it('what waits in a halted lane of an endpoint that was deleted before the process began is discarded', async () => {
  const { shard, loader, runner, postgres, deleted, endpointChanged } = world();
  endpointChanged({ ...target, deleted: true });
  deleted.length = 0;
  postgres.stopped = 'halted';
  await loader.scan(shard);
  runner.scheduler.sweepDeleted();
  expect(deleted).toEqual([1]);
});

it('a scan of a busy shard completes, though a lane settles between the reading of its page and its processing', async () => {
  const { shard, loader, sent, postgres, record, endpointChanged } = world();
  await loader.scan(shard);
  await settled();
  shard.coverage.markIncomplete();
  const page = Promise.withResolvers<PendingLane[]>();
  postgres.page = () => page.promise;
  const scan = loader.scan(shard);
  const before = pending(1);
  postgres.head = 2;
  // Its next delivery waits for its turn: the lane is between two attempts when the page arrives.
  endpointChanged({ ...target, status: 'paused' });
  sent[0]?.(answer(200));
  await settled();
  page.resolve([before]);
  await scan;
  await settled();
  expect([shard.coverage.isComplete, record()?.lane.headSequence]).toEqual([true, 2]);
});

describe('settings of the endpoint', () => {
  it('are those of the moment when a head is sent, also when its window took long to load', async () => {
    const { shard, loader, postgres, requests, endpointChanged } = world();
    const loaded = Promise.withResolvers<void>();
    postgres.load = () => loaded.promise;
    await loader.scan(shard);
    endpointChanged({ ...target, version: 2, url: new URL('http://127.0.0.2/'), timeoutMs: 5 });
    loaded.resolve();
    await settled();
    expect(requests).toEqual([{ url: 'http://127.0.0.2/', timeoutMs: 5 }]);
  });

  it.each([['stale', { isStale: true }], ['paused', { status: 'paused' }], ['deleted', { deleted: true }]] as const)(
    'keep a head from being sent when the endpoint becomes %s while its window is loaded', async (_, changes) => {
      const { shard, loader, postgres, requests, record, endpointChanged } = world();
      const loaded = Promise.withResolvers<void>();
      postgres.load = () => loaded.promise;
      await loader.scan(shard);
      endpointChanged({ ...target, ...changes });
      loaded.resolve();
      await settled();
      expect([requests, record()?.lane.phase, record()?.lane.attempts]).toEqual([[], 'ready', 0]);
      endpointChanged({ ...target, version: 2, timeoutMs: 7 });
      await settled();
      expect(requests).toEqual([{ url: 'http://127.0.0.1/', timeoutMs: 7 }]);
    },
  );

  it('keep a head from being sent when its breaker opens while its window is loaded', async () => {
    const { shard, loader, runner, postgres, requests, breaker, record } = world();
    const loaded = Promise.withResolvers<void>();
    postgres.load = () => loaded.promise;
    await loader.scan(shard);
    breaker.learn({ ...NEVER_FAILED, version: 1, state: 'open' });
    loaded.resolve();
    await settled();
    expect([requests, record()?.lane.phase, record()?.lane.attempts]).toEqual([[], 'ready', 0]);
    breaker.learn({ ...NEVER_FAILED, version: 2 });
    runner.scheduler.breakerChanged(1);
    await settled();
    expect(requests).toHaveLength(1);
  });

  it('decide what follows an attempt as they are at its end', async () => {
    const { shard, loader, sent, outcomes, record, endpointChanged } = world();
    await loader.scan(shard);
    await settled();
    endpointChanged({ ...target, version: 2, retryScheduleMs: [60_000], haltsAtDeadLetter: false });
    sent[0]?.(answer(500));
    await settled();
    expect([outcomes[0]?.disposition.kind, record()?.lane.phase]).toEqual(['retry', 'waiting']);
    shard.drop();
  });

  it('keep a head that an operator has paused while its window was loaded', async () => {
    const { shard, loader, runner, postgres, requests, record } = world();
    const loaded = Promise.withResolvers<void>();
    postgres.load = () => loaded.promise;
    await loader.scan(shard);
    const paused = record();
    if (paused === undefined) throw new Error('The lane is not in memory');
    runner.stop(paused, 'paused');
    loaded.resolve();
    await settled();
    expect([requests, paused.lane.phase]).toEqual([[], 'ready']);
    runner.stop(paused, undefined);
    await settled();
    expect(requests).toHaveLength(1);
  });
});

describe('a lane whose endpoint takes access tokens', () => {
  const oauth2 = { type: 'oauth2', tokenUrl: 'http://127.0.0.1/token', clientId: 'id', clientSecret: 'secret', clientAuth: 'basic' } as const;
  const token = { token: new AccessToken('t0ken', now(), 60_000) };

  it('sends nothing before it has one, and nothing with settings that have changed meanwhile', async () => {
    const { shard, loader, asked, requests, endpointChanged } = world();
    endpointChanged({ ...target, oauth2 });
    await loader.scan(shard);
    await settled();
    expect([asked.length, requests]).toEqual([1, []]);
    endpointChanged({ ...target, oauth2, version: 2, url: new URL('http://127.0.0.1/new') });
    asked[0]?.(token);
    await settled();
    expect([asked.length, requests]).toEqual([2, []]);
    asked[1]?.(token);
    await settled();
    expect(requests).toMatchObject([{ url: 'http://127.0.0.1/new' }]);
  });

  it('counts an attempt without one as failed', async () => {
    const { shard, loader, asked, requests, outcomes, endpointChanged } = world();
    endpointChanged({ ...target, oauth2 });
    await loader.scan(shard);
    await settled();
    asked[0]?.({ error: 'oauth2: the token URL answered 503' });
    await settled();
    expect([requests, outcomes]).toMatchObject([[], [{ attempt: 1, result: { statusCode: undefined, error: 'oauth2: the token URL answered 503' } }]]);
  });

  it('sends nothing when the attempt is aborted while it waits', async () => {
    const { shard, loader, asked, requests, endpointChanged } = world();
    endpointChanged({ ...target, oauth2 });
    await loader.scan(shard);
    await settled();
    shard.abortAll();
    asked[0]?.(token);
    await settled();
    expect(requests).toEqual([]);
  });
});
