import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import kafkajs, { Kafka, type Producer } from 'kafkajs';
import type pg from 'pg';
import type { Config } from '#ground/config/config';
import { mintId } from '#domain/ids';
import { createKafka } from '#ground/kafka/client';
import { ensureTopics } from '#ground/kafka/ensure-topics';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { Topics } from '#ground/kafka/topics';
import { ensureInstallation } from '#ground/postgres/installation';
import { poolToken } from '#ground/postgres/inject-postgres';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { CONFIG } from '#ground/process/process-context';
import { createLogger } from '#ground/telemetry/logger';
import type { EndedSpan } from '#ground/tracing/span';
import { type SpanExporter, SpanQueue } from '#ground/tracing/span-queue';
import { NO_TRACING, Tracing } from '#ground/tracing/tracing';
import { explaining } from '#dev/testing/explain';
import { captureLog } from '#dev/testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { TopicReader } from '#dev/testing/topic-reader';
import { waitUntil } from '#dev/testing/wait-until';
import { DispatchOutbox } from './dispatch-outbox.js';
import { EventRelay } from './event-relay.js';
import { EventRelayModule } from './event-relay.module.js';
import { IngestOutbox } from './ingest-outbox.js';
import { KafkaStall } from './kafka-stall.js';
import { RecentEvents } from './recent-events.js';
import { Relay } from './relay.js';
import { RelayLeases } from './relay-leases.js';
import { orphanedTokens } from './relay.metrics.js';
import { createRelayProducer } from './relay-sender.js';
import type { RelayRow, RelaySource } from './relay-source.js';

const SHARDS = [0, 1, 2, 3];
/** Rows in one request, which fails or is repeated as a whole: 500 per partition. */
const MOST_ROWS = 500 * SHARDS.length;
const logger = createLogger('test', 'silent');

let database: TestDatabase;
let pool: pg.Pool;
let gateway: TestingModule;
let kafka: Kafka;
/** The same Kafka, at an address where nothing listens. */
let unreachable: Kafka;
let topics: Topics;
let reader: TopicReader;
const relays: Pick<Relay, 'stop'>[] = [];
/** Requests that the producers sent, and those with a clear result: accepted, or refused as too large. */
let requests: number;
let settled: number;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 8, plans: 'queue' });
  await ensureInstallation(databaseOf(pool), SHARDS.length);
});

beforeEach(async () => {
  [requests, settled] = [0, 0];
  const env = { KAFKA_TOPIC_PREFIX: `relay-${randomBytes(4).toString('hex')}.`, KAFKA_PARTITIONS: String(SHARDS.length), LOCKSTEP_MAX_BODY_BYTES: '65536', LOCKSTEP_RETRY_SCHEDULE: '1s' };
  gateway = await testModules(database.url, [KafkaModule.forRoot({ clientId: 'test' }), EventRelayModule], { env })
    .overrideProvider(Kafka).useFactory({ inject: [CONFIG], factory: (config: Config) => counted(createKafka(config.kafka, 'test', logger)) })
    .compile();
  const config = gateway.get<Config>(CONFIG);
  kafka = gateway.get(Kafka);
  unreachable = createKafka({ ...config.kafka, brokers: ['127.0.0.1:1'] }, 'test', logger);
  topics = gateway.get(Topics);
  await ensureTopics(kafka, config);
  reader = await TopicReader.start(kafka, [topics.events, topics.control, topics.deadLetters]);
});

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop(2_000)));
  await pool.query('truncate outbox, dispatch_outbox');
  await reader.stop();
  await gateway.close();
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function ingestRelay({ recent = new RecentEvents(0), shards = (): readonly number[] => SHARDS, maxBatchBytes = 100_000, producer = createRelayProducer(kafka), stall = new KafkaStall() } = {}): Relay {
  return startRelay(new IngestOutbox(databaseOf(pool), topics.events, recent), shards, maxBatchBytes, producer, stall);
}

function startRelay(source: RelaySource<RelayRow>, shards: () => readonly number[], maxBatchBytes: number, producer = createRelayProducer(kafka), stall = new KafkaStall(), tracing = NO_TRACING): Relay {
  const relay = new Relay({ source, producer, shards, maxBatchBytes, stall, logger, tracing });
  relays.push(relay);
  relay.start();
  return relay;
}

/** The gateway's own relay, which sends the shards that it has leased. */
async function gatewayRelay(): Promise<void> {
  const relay = gateway.get(EventRelay);
  relays.push(relay);
  await relay.start();
}

/** Counts the requests of its producers, because kafkajs itself repeats those that fail. */
function counted(client: Kafka): Kafka {
  const create = client.producer.bind(client);
  client.producer = (options) => countedProducer(create(options));
  return client;
}

function countedProducer(producer: Producer): Producer {
  const sendBatch = producer.sendBatch.bind(producer);
  producer.on(producer.events.REQUEST, ({ payload }) => (requests += payload.apiName === 'Produce' ? 1 : 0));
  producer.on(producer.events.REQUEST_TIMEOUT, () => (requests += 1));
  producer.sendBatch = async (batch) => {
    try {
      const result = await sendBatch(batch);
      settled += 1;
      return result;
    } catch (error) {
      // Kafka refused it, and wrote no record.
      if (String(error).includes('larger than')) settled += 1;
      throw error;
    }
  };
  return producer;
}

/** Leaves both outboxes as a load does: no rows, and indexes full of dead entries. */
async function fillAndEmptyOutboxes(): Promise<void> {
  await pool.query("insert into outbox (tenant, shard, accept_seq, event_id) select 'default', n % 4, -n, gen_random_uuid() from generate_series(1, 20000) n");
  await pool.query("insert into dispatch_outbox (tenant, shard, topic) select 'default', n % 4, 'control' from generate_series(1, 20000) n");
  await pool.query('delete from outbox');
  await pool.query('delete from dispatch_outbox');
}

/** The plans of the next read of each outbox, after 500 rows were sent. */
async function planRounds(): Promise<string[]> {
  const plans: string[] = [];
  const relayPool = gateway.get<pg.Pool>(poolToken('relay'));
  const sent = Array.from({ length: 500 }, (_, i) => ({ sequence: i, shard: 0, topic: '', eventId: '', message: { key: null, value: null } }));
  await new IngestOutbox(explaining(relayPool, plans), topics.events, new RecentEvents(0)).next(SHARDS, sent);
  await new DispatchOutbox(explaining(relayPool, plans), topics, [1_000], logger).next(SHARDS, sent);
  return plans;
}

/** Commits events as ingest does. An event's payload is its number. */
async function commit(events: readonly { shard: number; bytes?: number }[]): Promise<string[]> {
  const ids = events.map(() => mintId());
  await pool.query(
    `with stored as (
       insert into events (id, tenant, shard, type, entity, content_type, traceparent, payload)
       select id, 'default', shard, 'order.created', 'entity-' || shard, 'application/json', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', convert_to(lpad(n::text, bytes, '0'), 'UTF8')
       from unnest($1::uuid[], $2::int[], $3::int[]) with ordinality as e (id, shard, bytes, n) order by n
       returning accept_seq, tenant, shard, id)
     insert into outbox (accept_seq, tenant, shard, event_id) select accept_seq, tenant, shard, id from stored`,
    [ids, events.map(({ shard }) => shard), events.map(({ bytes = 8 }) => bytes)],
  );
  return ids.map((id) => `evt_${id.replaceAll('-', '')}`);
}

async function outboxIsEmpty(): Promise<void> {
  await waitUntil('an empty outbox', async () => (await pool.query('select from outbox limit 1')).rowCount === 0);
}

/** The ids on the `events` topic, each once, by partition. */
function firstAppearances(): Map<number, string[]> {
  const seen = new Map<number, string[]>();
  for (const { partition, headers } of reader.records) {
    const ids = seen.get(partition) ?? [];
    if (!ids.includes(headers['ce_id'] ?? '')) ids.push(headers['ce_id'] ?? '');
    seen.set(partition, ids);
  }
  return seen;
}

/**
 * Expects exactly these events in Kafka, and each shard's first appearances in order. Only records of requests that failed
 * may appear more than once.
 */
function expectRelayed(ids: readonly string[], shardOf: (i: number) => number): void {
  const expected = Map.groupBy(ids.map((id, i) => ({ id, shard: shardOf(i) })), ({ shard }) => shard);
  expect(firstAppearances()).toEqual(new Map([...expected].map(([shard, own]) => [shard, own.map(({ id }) => id)])));
  expect(requests).toBeGreaterThan(0);
  expect(reader.records.length - ids.length).toBeLessThanOrEqual((requests - settled) * MOST_ROWS);
}

/** Lowers the topic's max.message.bytes to 128 KiB. */
async function lowerTopicLimit(): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  try {
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: topics.events, configEntries: [{ name: 'max.message.bytes', value: '131072' }] }] });
    await waitUntil('the lower limit', async () => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type, name: topics.events, configNames: ['max.message.bytes'] }] });
      return resources[0]?.configEntries[0]?.configValue === '131072';
    });
  } finally {
    await admin.disconnect();
  }
}

const many = (count: number): { shard: number }[] => Array.from({ length: count }, (_, i) => ({ shard: i % SHARDS.length }));
const ofShard = (ids: readonly string[], shard: number): string[] => ids.filter((_, i) => i % SHARDS.length === shard);

describe('Relay', () => {
  it('sends what was committed as CloudEvents to the partition of the shard, and removes it', async () => {
    const [id] = await commit([{ shard: 2 }]);
    await gatewayRelay();
    const [record] = await reader.atLeast(1);
    const { rows: [row] } = await pool.query<{ accept_seq: number; accepted_at: Date }>('select accept_seq, accepted_at from events order by accept_seq desc limit 1');
    expect(record).toEqual({
      topic: topics.events,
      partition: 2,
      key: 'default/entity-2',
      value: Buffer.from('00000001'),
      headers: {
        ce_specversion: '1.0', ce_id: id, ce_type: 'order.created', ce_source: 'urn:lockstep:default:api', ce_time: row?.accepted_at.toISOString(), 'content-type': 'application/json',
        'lockstep-tenant': 'default', 'lockstep-accept-seq': String(row?.accept_seq), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
    });
    await outboxIsEmpty();
    expectRelayed([id ?? ''], () => 2);
  });

  it('shows the attributes of an event, from memory and from Postgres', async () => {
    const recent = new RecentEvents(1_000_000);
    const [read, kept] = await commit([{ shard: 0 }, { shard: 0 }]);
    await pool.query(`update events set attributes = '{"ce-id":"7"}'`);
    const { rows: [last] } = await pool.query<{ id: string }>('select id from events order by accept_seq desc limit 1');
    recent.add({ id: last?.id ?? '', tenant: 'default', type: 'a', entity: 'e', time: '2026-01-01T00:00:00.000Z', source: 'api', contentType: 'text/plain', traceparent: null, attributes: { 'ce-id': '8' }, payload: Buffer.from('x') });
    ingestRelay({ recent });
    await reader.atLeast(2);
    const shown = new Map(reader.records.map(({ headers }) => [headers['ce_id'], JSON.parse(headers['lockstep-attributes'] ?? 'null') as unknown]));
    expect(shown).toEqual(new Map([[read, { 'ce-id': '7' }], [kept, { 'ce-id': '8' }]]));
  });

  it('the trace of a recorded event goes on in the record, which has the tracestate as it came', async () => {
    const spans: EndedSpan[] = [];
    const exporter: SpanExporter = {
      export: (ended) => {
        spans.push(...ended);
        return Promise.resolve();
      },
    };
    const tracing = new Tracing(new SpanQueue(exporter, logger), 1);
    const [id = ''] = await commit([{ shard: 1 }]);
    await pool.query(`update events set attributes = '{"tracestate":"vendor=1"}'`);
    startRelay(new IngestOutbox(databaseOf(pool), topics.events, new RecentEvents(0), tracing), () => SHARDS, 100_000, createRelayProducer(kafka), new KafkaStall(), tracing);
    const [record] = await reader.atLeast(1);
    await outboxIsEmpty();
    await tracing.onApplicationShutdown();
    const [batch, publish] = spans;
    expect(batch).toMatchObject({ name: 'send records', links: [publish?.ids] });
    expect(publish).toMatchObject({ name: `publish ${topics.events}`, ids: { traceId: '0af7651916cd43dd8448eb211c80319c' }, links: [batch?.ids], attributes: { 'lockstep.event.id': id } });
    expect(record?.headers).toMatchObject({ traceparent: `00-0af7651916cd43dd8448eb211c80319c-${publish?.ids.spanId}-01`, tracestate: 'vendor=1' });
  });

  it('relays events of a gateway that was killed after its commit', async () => {
    const ids = await commit(many(1_300));
    await gatewayRelay();
    await outboxIsEmpty();
    await reader.atLeast(1_300);
    expectRelayed(ids, (i) => i % SHARDS.length);
  });

  it('takes events of this process from memory and others from Postgres, in order', async () => {
    const recent = new RecentEvents(1_000_000);
    const ids = await commit(many(8));
    const { rows } = await pool.query<{ id: string }>('select id from events order by accept_seq desc limit 4');
    for (const { id } of rows) {
      recent.add({ id, tenant: 'default', type: 'from.memory', entity: 'e', time: '2026-01-01T00:00:00.000Z', source: 'api', contentType: 'application/json', traceparent: null, attributes: null, payload: Buffer.from('{}') });
    }
    ingestRelay({ recent });
    await reader.atLeast(8);
    expectRelayed(ids, (i) => i % SHARDS.length);
    const fromMemory = new Set(reader.records.filter(({ headers }) => headers['ce_type'] === 'from.memory').map(({ headers }) => headers['ce_id']));
    expect([...fromMemory].sort()).toEqual(ids.slice(4).sort());
    await outboxIsEmpty();
    expect(rows.map(({ id }) => recent.get(id))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps the order of first appearances when three relays without leases send the same rows', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ingestRelay();
    for (let i = 0; i < 20; i++) ids.push(...(await commit(many(100))));
    await outboxIsEmpty();
    await waitUntil('all events in Kafka', () => [...firstAppearances().values()].flat().length === 2_000);
    expect(SHARDS.map((shard) => firstAppearances().get(shard))).toEqual(SHARDS.map((shard) => ofShard(ids, shard)));
  });

  it('halves a batch that the topic refuses as too large, and keeps the order', async () => {
    // The relay assumes ten times the topic's limit.
    await lowerTopicLimit();
    const ids = await commit(Array.from({ length: 30 }, () => ({ shard: 1, bytes: 20_000 })));
    ingestRelay({ maxBatchBytes: 1_310_720 });
    await outboxIsEmpty();
    await reader.atLeast(30);
    expectRelayed(ids, () => 1);
  });

  it('a record that the topic refuses for good blocks its own shard and no other, and is reported', async () => {
    await lowerTopicLimit();
    await commit([{ shard: 1, bytes: 200_000 }, { shard: 1 }, { shard: 2 }]);
    const relay = ingestRelay();
    await reader.atLeast(1);
    await commit([{ shard: 3 }]);
    await waitUntil('the other shards', () => firstAppearances().size === 2);
    expect([...firstAppearances().keys()].sort()).toEqual([2, 3]);
    expect(relay.problem).toMatch(/1 shards/);
    await waitUntil('what is in Kafka to be removed', async () => (await pool.query('select from outbox')).rowCount === 2);
    await pool.query('delete from outbox where accept_seq = (select min(accept_seq) from outbox)');
    await outboxIsEmpty();
  });

  it('stalls while it cannot reach Kafka, even after other relays have sent all rows', async () => {
    const stall = new KafkaStall();
    const cut = ingestRelay({ producer: createRelayProducer(unreachable), stall });
    expect(stall.isPending).toBe(false);
    const ids = await commit(many(4));
    await waitUntil('the failure', () => cut.problem !== undefined);
    ingestRelay();
    await outboxIsEmpty();
    await reader.atLeast(4);
    expectRelayed(ids, (i) => i % SHARDS.length);
    // Long enough for a poll that finds the outbox empty.
    const stalledMs = stall.kafkaStalledMs(performance.now());
    await waitUntil('another second', () => stall.kafkaStalledMs(performance.now()) > stalledMs + 1_000);
    expect(cut.problem).toBeDefined();
  });

  it('sends the records of the dispatch outbox to their topics', async () => {
    await pool.query(
      `insert into dispatch_outbox (tenant, shard, topic, key, headers, value) values
       ('default', 0, 'control', null, '{}', '{"kind":"endpoint_changed"}'),
       ('default', 3, 'dlq', 'default/e', '{"lockstep-reason":"exhausted","ce_id":"evt_1"}', null)`);
    startRelay(new DispatchOutbox(databaseOf(pool), topics, [1_000], logger), () => SHARDS, 100_000);
    await waitUntil('a record on each topic', () => new Set(reader.records.map(({ topic }) => topic)).size === 2);
    // Relayed at least once: a new topic may accept a record without acknowledging it.
    const records = [...new Map(reader.records.map((record) => [record.topic, record])).values()];
    expect(records.sort((a, b) => a.partition - b.partition)).toEqual([
      { topic: topics.control, partition: 0, key: undefined, value: Buffer.from('{"kind":"endpoint_changed"}'), headers: {} },
      { topic: topics.deadLetters, partition: 3, key: 'default/e', value: null, headers: { 'lockstep-reason': 'exhausted', ce_id: 'evt_1' } },
    ]);
    await waitUntil('an empty dispatch outbox', async () => (await pool.query('select from dispatch_outbox')).rowCount === 0);
  });

  it('removes retry tokens of a tier that the schedule no longer has, and sends the records behind them', async () => {
    await pool.query(
      `insert into dispatch_outbox (tenant, shard, topic, key)
       select 'default', 0, case when n <= 1200 then 'retry.7m' when n = 1201 then 'retry.1s' else 'control' end, 'k' || n from generate_series(1, 1202) n`);
    const log = captureLog();
    const { value: before = 0 } = (await orphanedTokens.get()).values[0] ?? {};
    startRelay(new DispatchOutbox(databaseOf(pool), topics, [1_000], log.logger), () => SHARDS, 100_000);
    await waitUntil('an empty dispatch outbox', async () => (await pool.query('select from dispatch_outbox')).rowCount === 0);
    await reader.atLeast(1);
    expect([...new Set(reader.records.map(({ topic, key }) => `${topic} ${key}`))]).toEqual([`${topics.control} k1202`]);
    expect((await orphanedTokens.get()).values).toMatchObject([{ value: before + 1_200, labels: { topic: topics.named('retry.7m') } }]);
    expect(log.lines).toMatchObject([{ level: 30, topic: topics.named('retry.7m') }]);
  });

  it('removes by key, even if both outboxes were empty at the last ANALYZE', async () => {
    await fillAndEmptyOutboxes();
    await pool.query('vacuum analyze outbox, dispatch_outbox');
    const plans = await planRounds();
    // Rows ("o") are removed by ctid, which is looked up ("w") by key.
    expect(plans.map((plan) => plan.match(/[A-Z].* on (?:dispatch_)?outbox [ow] /g))).toEqual([
      ['Delete on outbox o ', 'Index Scan using outbox_pkey on outbox w ', 'Tid Scan on outbox o '],
      ['Delete on dispatch_outbox o ', 'Index Scan using dispatch_outbox_shard on dispatch_outbox w ', 'Tid Scan on dispatch_outbox o '],
    ]);
    const byKey = /Index Cond: \(\(shard = sent\.shard\) AND \((?:accept_seq|id) = sent\.(?:accept_seq|id)\)\)/;
    expect(plans.map((plan) => byKey.test(plan))).toEqual([true, true]);
  });

  it('reads removed entries only once, even if a few records waited at the last ANALYZE', async () => {
    await fillAndEmptyOutboxes();
    await commit(many(12));
    await pool.query("insert into dispatch_outbox (tenant, shard, topic) select 'default', n % 4, 'control' from generate_series(1, 12) n");
    await pool.query('analyze outbox, dispatch_outbox');
    // A bitmap scan does not mark index entries as dead, so every read would visit all of them.
    expect((await planRounds()).filter((plan) => plan.includes('Bitmap'))).toEqual([]);
  });

  it('sends only the shards that it is given', async () => {
    const ids = await commit(many(8));
    const relay = ingestRelay({ shards: () => [1] });
    await reader.atLeast(2);
    await relay.stop(2_000);
    expectRelayed(ofShard(ids, 1), () => 1);
    expect((await pool.query('select from outbox')).rowCount).toBe(6);
  });
});

describe('RelayLeases', () => {
  it('shares the shards fairly, releases them at a stop, and acquires those of a dead gateway', async () => {
    const [one, two] = [new RelayLeases(databaseOf(pool), new KafkaStall(), logger), new RelayLeases(databaseOf(pool), new KafkaStall(), logger)];
    await one.start();
    expect(one.shards()).toEqual(SHARDS);
    await two.start();
    const halves = (): boolean => one.shards().length === 2 && two.shards().length === 2;
    await waitUntil('two shards each', halves);
    expect([...one.shards(), ...two.shards()].sort()).toEqual(SHARDS);
    await one.stop();
    expect(one.shards()).toEqual([]);
    await waitUntil('all shards at the other', () => two.shards().length === SHARDS.length);
    // A killed gateway: it is listed and holds leases, but renews none.
    await two.stop();
    await pool.query("insert into relays (id) values (gen_random_uuid())");
    await pool.query("update relay_leases set relay = (select id from relays), expires_at = now() + interval '1 second'");
    const three = new RelayLeases(databaseOf(pool), new KafkaStall(), logger);
    await three.start();
    await waitUntil('all shards of the dead gateway', () => three.shards().length === SHARDS.length);
    await three.stop();
  });

  it('releases the shards during a stall but keeps trying, and shares them again afterwards', async () => {
    const stall = new KafkaStall();
    const one = new RelayLeases(databaseOf(pool), stall, logger);
    const two = new RelayLeases(databaseOf(pool), new KafkaStall(), logger);
    await one.start();
    await two.start();
    await waitUntil('two shards each', () => one.shards().length === 2 && two.shards().length === 2);
    const own = one.shards();
    stall.onSend(performance.now() - 4_000);
    await waitUntil('all shards at the other', () => two.shards().length === SHARDS.length);
    // If the other one stalls too, the first that reaches Kafka relays.
    expect(one.shards()).toEqual(own);
    stall.onAnswer();
    await waitUntil('two shards each again', () => one.shards().length === 2 && two.shards().length === 2);
    await Promise.all([one.stop(), two.stop()]);
  });
});
