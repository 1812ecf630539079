import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { explaining } from '#dev/testing/explain';
import { createShardFixture, type ShardFixture, SHARDS } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { waitUntil } from '#dev/testing/wait-until';
import type { Disposition } from '#domain/disposition';
import { mintId, toPublicId } from '#domain/ids';
import { shardOf } from '#domain/shard';
import { AdmissionModule } from '#flow/admission/admission.module';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import type { Outcome } from '#flow/outcome/outcome';
import { OutcomeModule } from '#flow/outcome/outcome.module';
import { OutcomeRepository } from '#flow/outcome/outcome.repository';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { poolToken } from '#ground/postgres/inject-postgres';
import { EndpointsModule } from '#manage/endpoints/endpoints.module';
import { EndpointsService } from '#manage/endpoints/endpoints.service';
import { RejectionsModule } from '#manage/rejections/rejections.module';
import { RejectionsRepository } from '#manage/rejections/rejections.repository';
import { OPERATIONAL_EVENTS, operationalEventSchema } from './operational-event.schema.js';
import { OperationalEventsModule } from './operational-events.module.js';
import { OperationalEventsPoster } from './operational-events-poster.js';
import { OperationalEventsRepository } from './operational-events.repository.js';

let fixture: ShardFixture;
let dispatcher: TestingModule;
/** Two of them turn rows into events. */
let gateways: readonly [TestingModule, TestingModule];
let epoch: number;

interface Row {
  readonly type: string;
  readonly entity: string;
  readonly data: Record<string, unknown>;
}

interface Endpoint {
  readonly key: number;
  readonly id: string;
}

const DEAD: Disposition = { kind: 'dead', reason: 'attempts_exhausted' };
const GONE: Disposition = { kind: 'dead', reason: 'gone' };

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule, OutcomeModule]).compile();
  const gateway = (): Promise<TestingModule> => testModules(fixture.url, [OperationalEventsModule, EndpointsModule, RejectionsModule], { env: { KAFKA_PARTITIONS: String(SHARDS) } }).compile();
  gateways = [await gateway(), await gateway()];
});

beforeEach(async () => {
  epoch = await fixture.takeShard(0);
  await fixture.pool.query('update endpoints set deleted_at = now() where deleted_at is null');
  await fixture.pool.query('truncate operational_events');
});

afterAll(async () => {
  await Promise.all([dispatcher, ...gateways].map((app) => app.close()));
  await fixture.close();
});

async function createEndpoint(...eventTypes: string[]): Promise<Endpoint> {
  const key = await fixture.createEndpoint({ eventTypes });
  const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [key]);
  return { key, id: toPublicId('ep', rows[0]?.public_id ?? '') };
}

async function rows(): Promise<Row[]> {
  return (await fixture.pool.query<Row>('select type, entity, data from operational_events order by id')).rows;
}

/** Admits an event, whose only endpoint has given it back so. @returns its id */
async function end(endpoint: Endpoint, disposition: Disposition, { type = 'order.created', ...changes }: Partial<Outcome> & { type?: string } = {}): Promise<string> {
  const [eventId = ''] = await fixture.accept([{ shard: 0, entity: 'order-42', type }]);
  await dispatcher.get(AdmissionRepository).admit([{ shard: 0, epoch, eventIds: [eventId], parked: [], nextOffset: undefined, caughtUp: false }]);
  const outcome: Outcome = {
    shard: 0, epoch, key: { eventId, endpoint: endpoint.key, replay: 0 }, attempt: 1, disposition, halts: false, tokenTopic: undefined,
    result: { startedAtMs: Date.now(), durationMs: 3, statusCode: 503, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined },
    ...changes,
  };
  await dispatcher.get(OutcomeRepository).commit([outcome]);
  return toPublicId('evt', eventId);
}

/** Fails unless the data is as documented. */
function expectDocumented({ type, entity, data }: Row): void {
  expect(Object.keys(OPERATIONAL_EVENTS)).toContain(type);
  expect(() => operationalEventSchema(type as keyof typeof OPERATIONAL_EVENTS).parse({ type, entity, timestamp: '2026-01-31T12:00:00Z', data })).not.toThrow();
  expect(Object.keys(data).sort()).toEqual(Object.keys(OPERATIONAL_EVENTS[type as keyof typeof OPERATIONAL_EVENTS].data.shape).sort());
}

describe('an operational event is written with its cause', () => {
  it('tells that a delivery is dead', async () => {
    await createEndpoint('lockstep.*');
    const endpoint = await createEndpoint('order.created');
    const event = await end(endpoint, DEAD);
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row).toEqual({
      type: 'lockstep.delivery.dead', entity: endpoint.id,
      data: { endpoint: endpoint.id, event, delivery: expect.stringMatching(/^dlv_[0-9a-f]{44}$/) as unknown, entity: 'order-42', type: 'order.created', sequence: 1, reason: 'attempts_exhausted', attempts: 1, lastStatus: 503, lastError: null },
    });
    if (row !== undefined) expectDocumented(row);
  });

  it('tells that a lane has halted, after the dead letter that did it', async () => {
    await createEndpoint('lockstep.delivery.dead', 'lockstep.lane.*');
    const endpoint = await createEndpoint('order.created');
    const event = await end(endpoint, DEAD, { halts: true });
    const found = await rows();
    expect(found).toMatchObject([{ type: 'lockstep.delivery.dead' }, { type: 'lockstep.lane.halted', entity: endpoint.id, data: { event, entity: 'order-42', sequence: 1, reason: 'attempts_exhausted' } }]);
    found.forEach(expectDocumented);
  });

  it('tells that an endpoint is disabled by a 410, once, and that it was resumed', async () => {
    await createEndpoint('lockstep.endpoint.*');
    const endpoint = await createEndpoint('order.created');
    await end(endpoint, GONE);
    await end(endpoint, GONE);
    const endpoints = gateways[0].get(EndpointsService);
    await endpoints.resume(TEST_PRINCIPAL, endpoint.id);
    await endpoints.resume(TEST_PRINCIPAL, endpoint.id);
    await endpoints.pause(TEST_PRINCIPAL, endpoint.id);
    await endpoints.resume(TEST_PRINCIPAL, endpoint.id);
    const found = await rows();
    expect(found).toEqual([
      { type: 'lockstep.endpoint.disabled', entity: endpoint.id, data: { endpoint: endpoint.id, reason: 'gone' } },
      { type: 'lockstep.endpoint.recovered', entity: endpoint.id, data: { endpoint: endpoint.id, reason: 'resumed' } },
    ]);
    found.forEach(expectDocumented);
  });

  it('tells that a source is failing, without what it was sent', async () => {
    await createEndpoint('lockstep.source.failing');
    const { rows: [source] } = await fixture.pool.query<{ id: number; public_id: string }>("insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', 'stripe', 'stripe') returning id, public_id");
    const rejection = { code: 'invalid_signature', detail: 'secret', atMs: Date.now() } as const;
    const add = (): Promise<void> => gateways[0].get(RejectionsRepository).add({
      gateway: randomUUID(), number: 1, counts: [], duplicates: [],
      activity: { counts: [], runs: [{ source: source?.id ?? 0, refused: 5, lastRefusedAtMs: rejection.atMs, lastAcceptedAtMs: undefined, lastRejection: rejection }] },
    });
    await Promise.all([add(), add()]);
    const found = await rows();
    const id = toPublicId('src', source?.public_id ?? '');
    expect(found).toEqual([{ type: 'lockstep.source.failing', entity: id, data: { source: id, name: 'stripe', reason: 'refused', refused: 5, code: 'invalid_signature' } }]);
    found.forEach(expectDocumented);
  });

  it('is not written for a fenced outcome, nor for one that was committed before', async () => {
    await createEndpoint('lockstep.*');
    const endpoint = await createEndpoint('order.created');
    await end(endpoint, DEAD, { epoch: epoch - 1 });
    expect(await rows()).toEqual([]);
    const [eventId = ''] = await fixture.accept([{ shard: 0, entity: 'twice' }]);
    await dispatcher.get(AdmissionRepository).admit([{ shard: 0, epoch, eventIds: [eventId], parked: [], nextOffset: undefined, caughtUp: false }]);
    const outcome: Outcome = {
      shard: 0, epoch, key: { eventId, endpoint: endpoint.key, replay: 0 }, attempt: 1, disposition: DEAD, halts: false, tokenTopic: undefined,
      result: { startedAtMs: Date.now(), durationMs: 3, statusCode: 503, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined },
    };
    const outcomes = dispatcher.get(OutcomeRepository);
    expect([await outcomes.commit([outcome]), await outcomes.commit([outcome])]).toEqual([['applied'], ['already']]);
    expect(await rows()).toHaveLength(1);
  });

  it('is not written when its cause cannot be stored', async () => {
    await createEndpoint('lockstep.*');
    const endpoint = await createEndpoint('order.created');
    const result = { startedAtMs: Date.now(), durationMs: 3, statusCode: undefined, error: 'a\0b', responseBody: Buffer.alloc(0), retryAfterMs: undefined };
    await expect(end(endpoint, DEAD, { result })).rejects.toThrow('invalid byte sequence');
    expect(await rows()).toEqual([]);
  });
});

describe('no operational event is written', () => {
  it.each([
    ['without an endpoint that names its type', ['*', 'order.*', 'lockstep-x.*']],
    ['for an endpoint that names others only', ['lockstep.breaker.*', 'lockstep.endpoint.disabled']],
  ])('%s', async (_, eventTypes) => {
    await createEndpoint(...eventTypes);
    await end(await createEndpoint('order.created'), DEAD);
    expect(await rows()).toEqual([]);
  });

  it('for an endpoint about itself, nor for a deleted one', async () => {
    const deleted = await createEndpoint('lockstep.*');
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [deleted.key]);
    await end(await createEndpoint('order.created', 'lockstep.*'), GONE);
    expect(await rows()).toEqual([]);
  });

  it('about a dead operational event, nor about a lane that halts at one: that would have no end', async () => {
    await createEndpoint('lockstep.delivery.*', 'lockstep.lane.*');
    const endpoint = await createEndpoint('lockstep.source.failing');
    await end(endpoint, DEAD, { type: 'lockstep.source.failing', halts: true });
    expect(await rows()).toEqual([]);
  });

  it('and the endpoints of a tenant without any that names one are not read', async () => {
    await fixture.pool.query("insert into endpoints (public_id, tenant, url, event_types) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/', '{other.*}' from generate_series(1, 3000)");
    await fixture.pool.query('vacuum analyze endpoints');
    const plans: string[] = [];
    await new OutcomeRepository(explaining(dispatcher.get<pg.Pool>(poolToken('outcome')), plans)).commit([{
      shard: 0, epoch, key: { eventId: mintId(), endpoint: 1, replay: 0 }, attempt: 1, disposition: DEAD, halts: false, tokenTopic: undefined,
      result: { startedAtMs: 0, durationMs: 3, statusCode: 503, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined },
    }]);
    const reads = (plans[0] ?? '').split('\n').filter((line) => /scan.* on endpoints/i.test(line));
    expect(reads.filter((line) => !/Index (Only )?Scan using endpoints_(operational|pkey) /.test(line))).toEqual([]);
    expect(reads.filter((line) => line.includes('endpoints_operational'))).not.toEqual([]);
  });
});

describe('a row becomes an event', () => {
  interface Event {
    readonly id: string;
    readonly shard: number;
    readonly type: string;
    readonly entity: string;
    readonly source: string;
    readonly accepted_by: string;
    readonly occurred_at: Date;
    readonly content_type: string;
    readonly body: string;
  }

  const events = async (type: string): Promise<Event[]> => (await fixture.pool.query<Event>("select e.*, convert_from(payload, 'UTF8') as body from events e where type = $1 order by accept_seq", [type])).rows;
  const queued = async (type: string): Promise<number> => (await fixture.pool.query('select from outbox join events e on e.id = event_id where type = $1', [type])).rowCount ?? 0;
  const post = (gateway: TestingModule = gateways[0]): Promise<void> => gateway.get(OperationalEventsPoster).post();

  /** @param entities one for each row */
  const insert = (type: string, entities: readonly string[]): Promise<unknown> =>
    fixture.pool.query("insert into operational_events (tenant, type, entity, data, at) select 'default', $1, entity, jsonb_build_object('n', n), '2026-01-31T12:00:00Z' from unnest($2::text[]) with ordinality as e (entity, n)", [type, entities]);

  it('that looks like a posted one, and is queued for Kafka on the shard of its entity', async () => {
    await insert('lockstep.a', ['ep_1']);
    await post();
    const [event, ...others] = await events('lockstep.a');
    expect(others).toEqual([]);
    expect(event).toMatchObject({ entity: 'ep_1', shard: shardOf('default', 'ep_1', SHARDS), source: 'lockstep', accepted_by: 'system', content_type: 'application/json', occurred_at: new Date('2026-01-31T12:00:00Z') });
    expect(JSON.parse(event?.body ?? '')).toEqual({ type: 'lockstep.a', entity: 'ep_1', timestamp: '2026-01-31T12:00:00.000Z', data: { n: 1 } });
    expect([await rows(), await queued('lockstep.a')]).toEqual([[], 1]);
  });

  it('once, in the order of the rows, though two gateways do it at the same time', async () => {
    await insert('lockstep.b', Array.from({ length: 1_500 }, (_, i) => `ep_${i % 7}`));
    await Promise.all([post(gateways[0]), post(gateways[1]), post(gateways[0]), post(gateways[1])]);
    const numbers = Map.groupBy((await events('lockstep.b')).map(({ entity, body }) => ({ entity, n: (JSON.parse(body) as { data: { n: number } }).data.n })), ({ entity }) => entity);
    expect([...numbers.values()].flat()).toHaveLength(1_500);
    for (const found of numbers.values()) expect(found.map(({ n }) => n)).toEqual(found.map(({ n }) => n).toSorted((a, b) => a - b));
    expect([await rows(), await queued('lockstep.b')]).toEqual([[], 1_500]);
  });

  it('by its key, also when there was none at the last ANALYZE', async () => {
    await fixture.pool.query('vacuum analyze operational_events');
    const plans: string[] = [];
    const repository = new OperationalEventsRepository(explaining(gateways[0].get<pg.Pool>(poolToken('operational-events')), plans));
    const row = { id: 1, tenant: 'default', type: 'lockstep.a', entity: 'ep_1', data: {}, at: new Date() };
    await repository.read(500);
    await repository.accept([{ row, id: mintId(), shard: 0, payload: '{}' }]);
    const reads = plans.flatMap((plan) => plan.split('\n')).filter((line) => /scan.* on operational_events/i.test(line));
    expect(reads.length).toBeGreaterThanOrEqual(3);
    expect(reads.filter((line) => !line.includes('Index Scan using operational_events_pkey'))).toEqual([]);
  });

  it('once, when the answer of the statement was lost', async () => {
    await insert('lockstep.c', ['ep_1', 'ep_2']);
    const repository = gateways[0].get(OperationalEventsRepository);
    const found = (await repository.read(10)).map((row) => ({ row, id: mintId(), shard: 0, payload: '{}' }));
    expect([await repository.accept(found), await repository.accept(found)]).toEqual([2, 0]);
    await post();
    expect(await events('lockstep.c')).toHaveLength(2);
  });

  it('once, when the gateway dies in the middle: then another gateway does it', async () => {
    await insert('lockstep.d', ['ep_1', 'ep_2', 'ep_3']);
    const session = await fixture.pool.connect();
    try {
      await session.query('begin');
      await session.query("select from operational_events where entity = 'ep_3' for update");
      const died = expect(post()).rejects.toThrow();
      const waiting = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%operational_events%'";
      await waitUntil('the gateway waits', async () => (await fixture.pool.query(`select ${waiting}`)).rowCount === 1);
      await fixture.pool.query(`select pg_terminate_backend(pid) ${waiting}`);
      await died;
      await session.query('rollback');
    } finally {
      session.release();
    }
    expect([await events('lockstep.d'), (await rows()).length]).toEqual([[], 3]);
    await post(gateways[1]);
    expect((await events('lockstep.d')).map(({ entity }) => entity)).toEqual(['ep_1', 'ep_2', 'ep_3']);
  });
});

describe('an operational event is delivered', () => {
  it('to the endpoints that name its type, and not to the one that it is about', async () => {
    const all = await createEndpoint('lockstep.*');
    const group = await createEndpoint('order.*', 'lockstep.breaker.*');
    const one = await createEndpoint('lockstep.breaker.opened');
    const itself = await createEndpoint('lockstep.*', 'lockstep.breaker.opened', '*');
    await createEndpoint('*');
    await createEndpoint('lockstep.breaker.closed', 'breaker.*');
    const [about = '', other = ''] = await fixture.accept([{ shard: 0, entity: itself.id, type: 'lockstep.breaker.opened' }, { shard: 0, entity: 'ep_0', type: 'lockstep.breaker.opened' }]);
    const [verdict] = await dispatcher.get(AdmissionRepository).admit([{ shard: 0, epoch, eventIds: [about, other], parked: [], nextOffset: undefined, caughtUp: false }]);
    expect(verdict).toMatchObject({ kind: 'admitted', admitted: 2 });
    const endpointsOf = async (event: string): Promise<number[]> => (await fixture.pool.query<{ endpoint: number }>('select endpoint from deliveries where event_id = $1 order by endpoint', [event])).rows.map(({ endpoint }) => endpoint);
    expect([await endpointsOf(about), await endpointsOf(other)]).toEqual([[all.key, group.key, one.key], [all.key, group.key, one.key, itself.key]]);
    const { rows: routes } = await fixture.pool.query<{ routes: number }>('select routes from inbox where event_id = any($1) order by routes', [[about, other]]);
    expect(routes).toEqual([{ routes: 3 }, { routes: 4 }]);
  });
});
