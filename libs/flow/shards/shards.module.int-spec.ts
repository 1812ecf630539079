import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { KafkaMessage } from 'kafkajs';
import { toPublicId } from '#domain/ids';
import { EventsTopicController } from '#flow/admission/events-topic.controller';
import { AttemptClient } from '#flow/delivery/attempt-client';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { LeaseKeeper } from '#flow/leases/lease-keeper';
import { RetryTopicsController } from '#flow/retries/retry-topics.controller';
import { KafkaModule } from '#ground/kafka/kafka.module';
import type { ShardBatch } from '#ground/kafka/shard-batch';
import { Receiver } from '#dev/testing/receiver';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { ShardSupervisor } from './shard-supervisor.js';
import { ShardsModule } from './shards.module.js';

const SHARD = 1;

let fixture: ShardFixture;
let receiver: Receiver;
let group: TestGroup;
let steps: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  receiver = await Receiver.start();
  await fixture.createEndpoint({ url: receiver.url });
});

afterAll(async () => {
  await receiver.stop();
  await fixture.close();
});

/** All steps from the group's assignment to the outcome. */
beforeEach(async () => {
  await fixture.pool.query('truncate events, inbox, deliveries, lanes, dispatch_outbox');
  await fixture.pool.query('update shard_cursors set next_offset = 0, last_event_id = null, swept_seq = 0');
  group = new TestGroup();
  const env = { KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_ALLOW_HTTP: 'true', LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', LOCKSTEP_RETRY_SCHEDULE: '1s' };
  steps = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), group.module, ShardsModule], { env }).compile();
  steps.get(AttemptClient).start();
  await steps.get(EndpointDirectory).start();
  steps.get(LeaseKeeper).start();
  group.assign([SHARD]);
  await waitUntil('the takeover', () => group.open.has(SHARD));
});

afterEach(async () => {
  await steps.get(ShardSupervisor).end();
  await Promise.all([steps.get(LeaseKeeper).stop(), steps.get(EndpointDirectory).stop()]);
  steps.get(AttemptClient).stop();
  await steps.close();
});

/** What Kafka brings of a topic's partition. */
function batchOf(topic: string, records: readonly Partial<KafkaMessage>[]): ShardBatch {
  const numbered = records.map((record, i) => ({ key: null, value: null, timestamp: '0', ...record, offset: String(i) }) as KafkaMessage);
  return { shard: SHARD, topic, records: numbered, firstOffset: 0, nextOffset: records.length, logEnd: records.length, endsLog: true };
}

const recordOf = (eventId: string): Partial<KafkaMessage> => ({ value: Buffer.from('{}'), headers: { ce_id: Buffer.from(toPublicId('evt', eventId)) } });

async function accept(...entities: string[]): Promise<string[]> {
  return fixture.accept(entities.map((entity) => ({ shard: SHARD, entity })));
}

const untilDelivered = (ids: readonly string[]): Promise<unknown> =>
  waitUntil('the outcomes', async () => {
    const { rows } = await fixture.pool.query<{ delivered: number }>("select count(*)::int as delivered from deliveries where event_id = any($1) and status = 'delivered'", [ids]);
    return rows[0]?.delivered === ids.length;
  });

it('delivers what the log of an assigned shard brings, and gives the lease back when the shard is taken away', async () => {
  const ids = await accept('ann', 'ann', 'ben');
  expect(await steps.get(EventsTopicController).read(batchOf('events', ids.map(recordOf)))).toEqual({ kind: 'done' });
  await untilDelivered(ids);
  expect(receiver.arrivals.filter(({ entity }) => entity === 'ann').map(({ sequence }) => sequence)).toEqual([1, 2]);

  group.assign([]);
  await waitUntil('the release', async () => (await fixture.pool.query('select from shard_leases where shard = $1 and owner is null', [SHARD])).rowCount === 1);
  expect(group.open).toEqual(new Set());
  expect(await steps.get(EventsTopicController).read(batchOf('events', []))).toEqual({ kind: 'closed' });
});

it('wakes a head that waits for its retry when its token comes due', async () => {
  const ids = await accept('cleo');
  receiver.respond = ({ attempt }) => (attempt === 1 ? 500 : 200);
  await steps.get(EventsTopicController).read(batchOf('events', ids.map(recordOf)));
  const tokens = (): Promise<{ rows: { value: Buffer }[] }> => fixture.pool.query("select value from dispatch_outbox where topic = 'retry.1s'");
  await waitUntil('the retry token', async () => (await tokens()).rows.length === 1);
  const { rows: [token] } = await tokens();
  expect(steps.get(RetryTopicsController).read(batchOf('retry.1s', [{ value: token?.value ?? null, timestamp: String(Date.now() - 1_000) }]))).toEqual({ kind: 'done' });
  await untilDelivered(ids);
  expect(receiver.arrivals.filter(({ entity }) => entity === 'cleo').map(({ attempt }) => attempt)).toEqual([1, 2]);
});
