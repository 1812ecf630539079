import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { WindowBudget } from '#domain/lane';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { EndpointActivity } from '#flow/lanes/endpoint-activity';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { OpenShards } from '#flow/lanes/open-shards';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { poolToken } from '#ground/postgres/inject-postgres';
import { createPool } from '#ground/postgres/pool';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import { ReplaysRepository } from '#manage/dead-letters/replays.repository';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { TEST_BY } from '#dev/testing/test-principal';
import { waitUntil } from '#dev/testing/wait-until';
import { OpenReplaysRepository } from './open-replays.repository.js';
import { OperationsModule } from './operations.module.js';
import { ReplayApplier } from './replay-applier.js';

const APPLICATION = 'test-operations';

let fixture: ShardFixture;
/** Of the connection that applies replays, and of no other. */
let network: TcpProxy;
let pool: ReturnType<typeof createPool>;
let log: LogCapture;
let gateway: TestingModule;
let dispatcher: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  pool = createPool({ databaseUrl: url.href, applicationName: APPLICATION, max: 1, plans: 'by-index' });
  log = captureLog();
  gateway = await testModules(fixture.url, [DeadLettersModule]).compile();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), OperationsModule], { logger: log.logger })
    .overrideProvider(poolToken('operations')).useValue(pool)
    .compile();
});

afterAll(async () => {
  await Promise.all([gateway.close(), dispatcher.close()]);
  await pool.end();
  await network.stop();
  await fixture.close();
});

it('brings replayed dead letters to their lane when the replay commits only after the connection broke and a scan saw nothing', async () => {
  const endpoint = await fixture.createEndpoint();
  const [event = ''] = await fixture.accept([{ shard: 0, entity: 'e' }]);
  await fixture.pool.query("insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence) values ('default', $1, 'e', 0, 1, 1)", [endpoint]);
  await fixture.pool.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, dead_reason, finished_at)
     select $1, $2, 'default', 0, id, 1, 'dead', 3, 'attempts_exhausted', now() - interval '1 minute' from lanes`, [event, endpoint]);
  await gateway.get(ReplaysRepository).create(
    { tenant: 'default', action: 'replay', endpoint: undefined, entity: undefined, type: undefined, from: undefined, to: undefined },
    { id: mintId(), subject: 'rpl_test', by: TEST_BY },
  );

  const lanes = new ShardLanes(testLease(0, await fixture.takeShard(0)), dispatcher.get(LaneBudget), dispatcher.get(WindowBudget));
  dispatcher.get(OpenShards).add(lanes);
  const ready = jest.spyOn(dispatcher.get(LaneRunner), 'ready');
  const loader = dispatcher.get(LaneLoader);
  const applier = dispatcher.get(ReplayApplier);
  const running = async (state: string): Promise<boolean> => (await fixture.pool.query(
    'select from pg_stat_activity where application_name = $1 and datname = current_database() and state = $2 and wait_event_type = $3', [APPLICATION, 'active', state])).rowCount === 1;

  const session = await fixture.pool.connect();
  await session.query('begin; select from lanes for update');
  applier.start();
  await waitUntil('the replay to wait for the lane', () => running('Lock'));
  network.cut();
  await waitUntil('the owner to give up', () => log.lines.some(({ msg }) => msg === 'Cannot apply a replay; trying again'));
  await loader.scan(lanes);
  expect(ready).not.toHaveBeenCalled();
  await session.query('commit');
  session.release();
  await waitUntil('the late commit', async () => (await fixture.pool.query("select from deliveries where status = 'pending'")).rowCount === 1);
  network.restore();
  await waitUntil('the owner to hear of it', async () => {
    if (!lanes.coverage.isComplete) await loader.scan(lanes);
    return ready.mock.calls.length === 1;
  });
  const [[record] = []] = ready.mock.calls;
  expect([record?.lane.headSequence, record?.lane.phase]).toEqual([1, 'ready']);
  await applier.stop();
});

it('applies one batch of each replay in turn, so that a large one does not delay those of other tenants', async () => {
  const endpoint = await fixture.createEndpoint();
  const events = await fixture.accept(Array.from({ length: 1_100 }, () => ({ shard: 1, entity: 'large' })));
  await fixture.pool.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, status, attempts, dead_reason, finished_at)
     select id, $1, 'default', 1, 'dead', 3, 'attempts_exhausted', now() - interval '1 minute' from unnest($2::uuid[]) id`, [endpoint, events]);
  const [large, small] = [mintId(), mintId()];
  await fixture.pool.query("insert into tenants (id) values ('other')");
  await fixture.pool.query(
    `with asked as (
       insert into replays (id, tenant, action, endpoint, actor, matched)
       values ($1, 'default', 'replay', $3, 'test', 1100), ($2, 'other', 'replay', null, 'test', 0) returning id, tenant
     )
     insert into replay_shards (replay, shard, tenant) select id, 1, tenant from asked`, [large, small, endpoint]);
  const repository = dispatcher.get(OpenReplaysRepository);
  const apply = jest.spyOn(repository, 'apply');
  dispatcher.get(OpenShards).add(new ShardLanes(testLease(1, await fixture.takeShard(1)), dispatcher.get(LaneBudget), dispatcher.get(WindowBudget)));
  const applier = new ReplayApplier(repository, dispatcher.get(OpenShards), dispatcher.get(LaneLoader), dispatcher.get(EndpointActivity), log.logger);
  applier.start();
  await waitUntil('both replays to end', async () => (await fixture.pool.query('select from replay_shards where finished_at is null')).rowCount === 0);
  await applier.stop();
  expect(apply.mock.calls.map(([{ replay }]) => (replay === large ? 'large' : 'small'))).toEqual(['large', 'small', 'large', 'large']);
});
