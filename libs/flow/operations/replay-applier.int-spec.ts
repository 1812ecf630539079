import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pino from 'pino';
import { mintId } from '#domain/ids';
import { WindowBudget } from '#domain/lane';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LanesRepository } from '#flow/lanes/lanes.repository';
import { OpenShards } from '#flow/lanes/open-shards';
import { type LaneRecord, ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { createPool, type Database, databaseOf } from '#ground/postgres/pool';
import { ReplaysRepository } from '#manage/dead-letters/replays.repository';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { waitUntil } from '#dev/testing/wait-until';
import { OpenReplaysRepository } from './open-replays.repository.js';
import { ReplayApplier } from './replay-applier.js';

const APPLICATION = 'test-operations';
const logger = pino({ level: 'silent' });

let fixture: ShardFixture;
let network: TcpProxy;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  fixture = await createShardFixture();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  pool = createPool({ databaseUrl: url.href, applicationName: APPLICATION, max: 1, plans: 'by-index' });
});

afterAll(async () => {
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
  await new ReplaysRepository(databaseOf(fixture.pool)).create(
    { tenant: 'default', action: 'replay', endpoint: undefined, entity: undefined, type: undefined, from: undefined, to: undefined },
    { id: mintId(), subject: 'rpl_test', actor: 'test' },
  );

  const budget = new LaneBudget(10);
  const lanes = new ShardLanes(testLease(0, await fixture.takeShard(0)), budget, new WindowBudget(1_000));
  const shards = new OpenShards();
  shards.add(lanes);
  const ready: LaneRecord[] = [];
  const runner = { ready: (record: LaneRecord) => ready.push(record), wait: () => undefined, removeAtIdle: () => undefined };
  const loader = new LaneLoader(new LanesRepository(databaseOf(fixture.pool)), runner, budget, new AdmissionProgress(), logger);
  const failures: unknown[] = [];
  const operations: Database = {
    query: async (text, values) => {
      try {
        return await databaseOf(pool).query(text, values);
      } catch (error) {
        failures.push(error);
        throw error;
      }
    },
  };
  const applier = new ReplayApplier(new OpenReplaysRepository(operations), shards, loader, logger);
  const running = async (state: string): Promise<boolean> => (await fixture.pool.query(
    'select from pg_stat_activity where application_name = $1 and datname = current_database() and state = $2 and wait_event_type = $3', [APPLICATION, 'active', state])).rowCount === 1;

  const session = await fixture.pool.connect();
  await session.query('begin; select from lanes for update');
  applier.start();
  await waitUntil('the replay to wait for the lane', () => running('Lock'));
  network.cut();
  await waitUntil('the owner to give up', () => failures.length > 0);
  await loader.scan(lanes);
  expect(ready).toEqual([]);
  await session.query('commit');
  session.release();
  await waitUntil('the late commit', async () => (await fixture.pool.query("select from deliveries where status = 'pending'")).rowCount === 1);
  network.restore();
  await waitUntil('the owner to hear of it', async () => {
    if (!lanes.coverage.isComplete) await loader.scan(lanes);
    return ready.length === 1;
  });
  expect([ready[0]?.lane.headSequence, ready[0]?.lane.phase]).toEqual([1, 'ready']);
  await applier.stop();
});
