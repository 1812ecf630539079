import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { WindowBudget } from '#domain/lane';
import { AdmissionModule } from '#flow/admission/admission.module';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { OpenShards } from '#flow/lanes/open-shards';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { poolToken } from '#ground/postgres/inject-postgres';
import { createPool } from '#ground/postgres/pool';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { CatchUpModule } from './catch-up.module.js';
import { CatchUpRunner } from './catch-up-runner.js';
import { CatchUpWorld, SHARD } from './fixtures/catch-up-world.js';

let world: CatchUpWorld;
/** Of the connection that takes steps, and of no other. */
let network: TcpProxy;
let pool: ReturnType<typeof createPool>;
let log: LogCapture;
let dispatcher: TestingModule;
let lanes: ShardLanes;
let runner: CatchUpRunner;
let ready: jest.SpiedFunction<LaneRunner['ready']>;

beforeAll(async () => {
  world = await CatchUpWorld.open();
  const url = new URL(world.fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  pool = createPool({ databaseUrl: url.href, applicationName: 'test-catch-up', max: 1, plans: 'walk' });
});

beforeEach(async () => {
  await world.reset();
  log = captureLog();
  dispatcher = await testModules(world.fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule, CatchUpModule], { logger: log.logger })
    .overrideProvider(poolToken('catch-up')).useValue(pool)
    .compile();
  lanes = new ShardLanes(testLease(SHARD, world.epoch), dispatcher.get(LaneBudget), dispatcher.get(WindowBudget));
  await dispatcher.get(LaneLoader).scan(lanes);
  dispatcher.get(OpenShards).add(lanes);
  ready = jest.spyOn(dispatcher.get(LaneRunner), 'ready');
  runner = dispatcher.get(CatchUpRunner);
});

afterEach(async () => {
  await runner.stop();
  await dispatcher.close();
});

afterAll(async () => {
  await pool.end();
  await network.stop();
  await world.close();
});

it('brings what it routes to the lanes in memory, of all endpoints, and gives their shard to admission when it has ended', async () => {
  const ids = await world.accept(...Array.from({ length: 600 }, (_, i) => `entity-${i % 3}`));
  await world.admit(ids);
  const endpoints = [await world.create({ startAt: '-infinity' }), await world.create({ startAt: '-infinity' })];
  runner.start();
  await waitUntil('both to end', async () => (await world.query('select from catch_up_shards where shard = $1 and finished_at is null', [SHARD])).length === 0);
  await waitUntil('all to be in memory', () => [...lanes.all()].every(({ lane }) => lane.depth === 200));
  expect(lanes.coverage.isComplete).toBe(true);
  expect(new Set(ready.mock.calls.map(([{ endpoint }]) => endpoint))).toEqual(new Set(endpoints));
  expect([...lanes.all()].map(({ lane }) => [lane.phase, lane.headSequence, lane.depth])).toEqual(Array.from({ length: 6 }, () => ['ready', 1, 200]));
});

it('loads the deliveries of a step that commits only after the connection broke and a scan saw nothing', async () => {
  await world.admit(await world.accept('a', 'a'));
  await world.create({ startAt: '-infinity' });
  const session = await world.fixture.pool.connect();
  await session.query('begin; select from catch_up_shards for update');
  runner.start();
  await world.untilWaiting('step');
  network.cut();
  await waitUntil('the owner to give up', () => log.lines.some(({ msg }) => msg === 'Cannot take a step of a catch-up; trying again'));
  await dispatcher.get(LaneLoader).scan(lanes);
  expect(lanes.coverage.isComplete).toBe(false);
  expect(ready).not.toHaveBeenCalled();
  await session.query('commit');
  session.release();
  await waitUntil('the late commit', async () => (await world.query('select from deliveries where caught_up')).length === 2);
  network.restore();
  await waitUntil('the owner to hear of it', async () => {
    if (!lanes.coverage.isComplete) await dispatcher.get(LaneLoader).scan(lanes);
    return lanes.coverage.isComplete && ready.mock.calls.length === 1;
  });
  const [[record] = []] = ready.mock.calls;
  expect([record?.lane.headSequence, record?.lane.depth]).toEqual([1, 2]);
});
