import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createShardFixture, type ShardFixture, SHARDS } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { VERSION } from '#ground/config/version';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { Topics } from '#ground/kafka/topics';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';
import { CONFIG } from '#ground/process/process-context';
import { ProcessIdentity } from '#ground/process/process-identity';
import { SamplesModule } from '#ground/samples/samples.module';
import { SamplesWriter } from '#ground/samples/samples-writer';
import { PartitionKeeper } from '#upkeep/partitions';
import { EventsLag } from './events-lag.js';
import { SystemModule } from './system.module.js';
import { type System, systemSchema } from './system.schema.js';
import { SystemRepository } from './system.repository.js';
import { SystemService } from './system.service.js';

let fixture: ShardFixture;
let gateway: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  // Kafka is away.
  gateway = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), SystemModule, SamplesModule], { env: { KAFKA_BROKERS: '127.0.0.1:1', KAFKA_PARTITIONS: String(SHARDS), LOCKSTEP_RETRY_SCHEDULE: '1s,5s' } }).compile();
});

beforeEach(async () => {
  await fixture.pool.query('truncate sample_flushes, outbox, dispatch_outbox');
});

afterAll(async () => {
  await gateway.get(EventsLag).close();
  await gateway.close();
  await fixture.close();
});

/** One that has no answer yet, which is used again for a second. */
const newService = (): SystemService =>
  new SystemService(gateway.get(SystemRepository), gateway.get(EventsLag), gateway.get(Topics), gateway.get(TopicsKeeper), gateway.get(PartitionKeeper), gateway.get(CONFIG));

async function system(isAdmin = true): Promise<System> {
  return systemSchema.parse(await newService().read(isAdmin));
}

describe('the state of the installation', () => {
  it('has the processes that run, those that were lost in the last hour, and none that ended', async () => {
    await gateway.get(SamplesWriter).flush();
    const rows = [['lost', '1 minute', null], ['lost long ago', '2 hours', null], ['ended', '1 second', new Date()]] as const;
    const ids = rows.map(() => randomUUID());
    for (const [i, [, ago, stoppedAt]] of rows.entries()) {
      await fixture.pool.query(
        "insert into sample_flushes (process, number, flushed_at, app, version, host, pid, started_at, stopped_at) values ($1, 1, now() - $2::interval, 'zeta', '0.0.1', 'h', 7, '2026-01-31T12:00:00Z', $3)", [ids[i], ago, stoppedAt]);
    }
    // Of the release before.
    await fixture.pool.query('insert into sample_flushes (process, number) values ($1, 1)', [randomUUID()]);
    const { id, host, pid, startedAt } = gateway.get(ProcessIdentity);
    const seenAt = expect.any(String) as unknown;
    expect((await system()).processes).toEqual([
      { id, app: 'test', version: VERSION, status: 'running', startedAt: startedAt.toISOString(), seenAt, host, pid },
      { id: ids[0], app: 'zeta', version: '0.0.1', status: 'lost', startedAt: '2026-01-31T12:00:00.000Z', seenAt, host: 'h', pid: 7 },
    ]);
    expect((await system(false)).processes).toMatchObject([{ id, version: null, host: null, pid: null }, { version: null, host: null, pid: null }]);
  });

  it('has each shard with its owner, its relay and what waits for Kafka', async () => {
    const [owner, relay] = [randomUUID(), randomUUID()];
    await fixture.pool.query("update shard_leases set owner = null, expires_at = now(); update relay_leases set relay = null, expires_at = now()");
    await fixture.pool.query("update shard_leases set owner = $1, epoch = 7, expires_at = now() + interval '1 minute' where shard = 1", [owner]);
    await fixture.pool.query("update relay_leases set relay = $1, expires_at = now() + interval '1 minute' where shard = 1", [relay]);
    await fixture.pool.query("update shard_cursors set next_offset = 42, caught_up_at = '2026-01-31T12:00:00Z' where shard = 1");
    const [first] = await fixture.accept([{ shard: 1, entity: 'a' }, { shard: 1, entity: 'b' }]);
    await fixture.pool.query('insert into outbox (tenant, shard, accept_seq, event_id) select tenant, shard, accept_seq, id from events');
    await fixture.pool.query("insert into dispatch_outbox (tenant, shard, topic) values ('default', 1, 'control')");
    const { rows: [event] } = await fixture.pool.query<{ at: Date }>('select accepted_at as at from events where id = $1', [first]);
    const { shards, relay: all, topics, partitions, ...rest } = await system();
    expect(rest).toMatchObject({ version: VERSION, processes: [] });
    expect(shards.map(({ shard, status }) => [shard, status])).toEqual([[0, 'free'], [1, 'owned'], [2, 'free'], [3, 'free']]);
    const at = expect.any(String) as unknown;
    expect(shards[1]).toEqual({
      shard: 1, status: 'owned', owner, epoch: 7, leaseExpiresAt: at, relay, outbox: { waiting: 2, oldestAt: event?.at.toISOString() }, dispatchOutbox: { waiting: 1, oldestAt: at },
      nextOffset: 42, lag: null, caughtUpAt: '2026-01-31T12:00:00.000Z',
    });
    expect(shards[0]).toMatchObject({ owner: null, relay: null, outbox: { waiting: 0, oldestAt: null }, dispatchOutbox: { waiting: 0, oldestAt: null } });
    expect(all).toEqual({ waiting: 2, oldestAt: event?.at.toISOString() });
    expect(topics).toEqual({ names: ['events', 'control', 'dlq', 'retry.1s', 'retry.5s'].map((name) => `lockstep.${name}`), partitions: SHARDS, status: 'failing', problem: 'not checked yet' });
    expect(partitions).toMatchObject({ until: expect.any(String) as unknown, status: 'ok', problem: null });
  });

  it('shows without the scope admin who owns what, but not how much all tenants send, nor versions and names', async () => {
    await fixture.accept([{ shard: 1, entity: 'a' }]);
    await fixture.pool.query('insert into outbox (tenant, shard, accept_seq, event_id) select tenant, shard, accept_seq, id from events');
    const [all, shown] = [await system(), await system(false)];
    expect(all.relay.waiting).toBeGreaterThan(0);
    expect(shown).toEqual({
      ...all, at: shown.at, version: null, relay: { waiting: null, oldestAt: all.relay.oldestAt }, topics: { ...all.topics, names: null, problem: null }, partitions: { ...all.partitions, problem: null },
      shards: all.shards.map((shard) => ({
        ...shard, outbox: { ...shard.outbox, waiting: null }, dispatchOutbox: { ...shard.dispatchOutbox, waiting: null }, nextOffset: null, lag: null,
      })),
    });
  });

  it('is read once a second, however many ask', async () => {
    const service = newService();
    const repository = gateway.get(SystemRepository);
    const shards = jest.spyOn(repository, 'shards');
    const [first, , later] = [await Promise.all(Array.from({ length: 20 }, () => service.read(true))), await service.read(false), await service.read(true)];
    expect(new Set([...first, later].map(({ at }) => at)).size).toBe(1);
    expect(shards).toHaveBeenCalledTimes(1);
    shards.mockRestore();
  });
});
