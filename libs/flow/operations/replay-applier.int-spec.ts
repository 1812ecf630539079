import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { WindowBudget } from '#domain/lane';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { OpenShards } from '#flow/lanes/open-shards';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { poolToken } from '#ground/postgres/inject-postgres';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { CountsDatabase } from '#manage/dead-letters/counts-database.module';
import { ReplaysRepository } from '#manage/dead-letters/replays.repository';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { OperationsModule } from './operations.module.js';
import { ReplayApplier } from './replay-applier.js';

const APPLICATION = 'test-operations';

let fixture: ShardFixture;
/** Of the connection that applies replays, and of no other. */
let network: TcpProxy;
let pool: ReturnType<typeof createPool>;
let log: LogCapture;
let dispatcher: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  pool = createPool({ databaseUrl: url.href, applicationName: APPLICATION, max: 1, plans: 'by-index' });
  log = captureLog();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), OperationsModule], { logger: log.logger })
    .overrideProvider(poolToken('operations')).useValue(pool)
    .compile();
});

afterAll(async () => {
  await dispatcher.close();
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
  await new ReplaysRepository(databaseOf(fixture.pool), new CountsDatabase(databaseOf(fixture.pool), { slots: 1, perTenant: 1, waiting: 0, waitingPerTenant: 0, waitMs: 0 })).create(
    { tenant: 'default', action: 'replay', endpoint: undefined, entity: undefined, type: undefined, from: undefined, to: undefined },
    { id: mintId(), subject: 'rpl_test', actor: 'test' },
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
