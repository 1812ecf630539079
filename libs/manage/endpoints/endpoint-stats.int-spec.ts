import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import type { AttemptResult, Disposition } from '#domain/disposition';
import { mintId, toPublicId } from '#domain/ids';
import { AdmissionModule } from '#flow/admission/admission.module';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { EndpointActivity } from '#flow/lanes/endpoint-activity';
import { LanesModule } from '#flow/lanes/lanes.module';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { SamplesModule } from '#ground/samples/samples.module';
import { SamplesWriter } from '#ground/samples/samples-writer';
import { type EndpointStats, endpointStatsQuerySchema, endpointStatsSchema } from './endpoint-stats.schema.js';
import { EndpointStatsService } from './endpoint-stats.service.js';
import { EndpointsModule } from './endpoints.module.js';

let fixture: ShardFixture;
let gateway: TestingModule;
let dispatcher: TestingModule;
let endpoint: number;
let id: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [EndpointsModule]).compile();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule, LanesModule, SamplesModule]).compile();
});

beforeEach(async () => {
  await fixture.pool.query('truncate samples, recent_samples, sample_rollups, endpoints, lanes, deliveries cascade');
  [endpoint, id] = await createEndpoint();
});

afterAll(async () => {
  await Promise.all([gateway.close(), dispatcher.close()]);
  await fixture.close();
});

async function createEndpoint(ordering: 'entity' | 'none' = 'entity'): Promise<[number, string]> {
  const key = await fixture.createEndpoint({ ordering });
  const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [key]);
  return [key, toPublicId('ep', rows[0]?.public_id ?? '')];
}

async function stats(query: Record<string, unknown> = {}, wanted = id, tenant = 'default'): Promise<EndpointStats> {
  return endpointStatsSchema.parse(await gateway.get(EndpointStatsService).of(tenant, wanted, endpointStatsQuerySchema.parse(query)));
}

const itemOf = (of: number) => ({ key: { eventId: mintId(), endpoint: of, replay: 0 }, tenant: 'default', source: null, type: 'order.created', replayed: false });
const result = (changes: Partial<AttemptResult>): AttemptResult => ({ startedAtMs: 0, durationMs: 20, statusCode: 200, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined, ...changes });

describe('the statistics of an endpoint', () => {
  it('count what was noted, within a flush', async () => {
    const directory = dispatcher.get(EndpointDirectory);
    await directory.start();
    await directory.stop();
    const activity = dispatcher.get(EndpointActivity);
    const noted: [Partial<AttemptResult>, Disposition][] = [
      [{ durationMs: 10 }, { kind: 'delivered' }], [{ durationMs: 10, statusCode: 204 }, { kind: 'delivered' }], [{ durationMs: 1_000, statusCode: 503 }, { kind: 'retry', delayMs: 1 }],
      [{ durationMs: 10, statusCode: undefined, error: 'ECONNREFUSED' }, { kind: 'dead', reason: 'attempts_exhausted' }],
    ];
    for (const [changes, disposition] of noted) activity.onOutcome(itemOf(endpoint), result(changes), disposition);
    activity.onDiscarded(endpoint, 7);
    activity.onOutcome(itemOf((await createEndpoint())[0]), result({}), { kind: 'delivered' });
    await dispatcher.get(SamplesWriter).flush();
    const now = Date.now();
    const found = await stats({ from: new Date(now - 300_000).toISOString(), to: new Date(now + 60_000).toISOString() });
    const numbers = { attempts: { total: 4, succeeded: 2, failed: 2, byStatus: { '2xx': 2, '5xx': 1, none: 1 } }, deliveries: { delivered: 2, dead: 1, discarded: 7 } };
    expect(found).toMatchObject({ step: '1m', ...numbers, oldestPendingAt: null });
    expect(found.deliveries.pending).toBe(0);
    expect(found.steps).toMatchObject([{ ...numbers, latencyMs: found.latencyMs }]);
    expect(Math.abs((found.latencyMs?.p50 ?? 0) / 10 - 1)).toBeLessThan(0.1);
    expect(Math.abs((found.latencyMs?.p99 ?? 0) / 1_000 - 1)).toBeLessThan(0.05);
  });

  it('have steps of a minute, an hour or a day, in the range only, and merge latencies over them', async () => {
    const add = (step: number, at: string, measure: string, count: number, buckets: string): Promise<unknown> =>
      fixture.pool.query("insert into sample_rollups (tenant, dimension, name, step, at, measure, count, sum, buckets) values ('default', 'endpoint', $1, $2, $3, $4, $5, 0, $6)", [String(endpoint), step, at, measure, count, buckets]);
    const ofMs = (buckets: string): string => `{${'0,'.repeat(24)}${buckets}}`;
    await add(3_600, '2026-01-31T10:00Z', 'attempts.2xx', 1, '{}');
    await add(3_600, '2026-01-31T11:00Z', 'attempts.2xx', 2, '{}');
    await add(3_600, '2026-01-31T11:00Z', 'latency', 2, ofMs('1,0,0,0,0,0,0,0,1'));
    await add(3_600, '2026-01-31T12:00Z', 'attempts.5xx', 4, '{}');
    await add(3_600, '2026-01-31T12:00Z', 'latency', 4, ofMs('4'));
    await add(3_600, '2026-01-31T13:00Z', 'attempts.2xx', 100, '{}');
    // Minutes are gone after two days, so nothing is read from this one.
    await add(60, '2026-01-31T11:30Z', 'attempts.2xx', 1_000, '{}');
    const hours = await stats({ from: '2026-01-31T11:00:00Z', to: '2026-01-31T13:00:00Z' });
    expect(hours).toMatchObject({ step: '1h', attempts: { total: 6, succeeded: 2, failed: 4 }, latencyMs: { p50: 1, p95: 2, p99: 2 } });
    expect(hours.steps).toMatchObject([{ at: '2026-01-31T11:00:00.000Z', attempts: { total: 2 }, latencyMs: { p50: 1 } }, { at: '2026-01-31T12:00:00.000Z', attempts: { failed: 4 }, latencyMs: { p99: 1 } }]);
    const days = await stats({ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' });
    expect(days).toMatchObject({ step: '1d', attempts: { total: 107 }, steps: [{ at: '2026-01-31T00:00:00.000Z', attempts: { total: 107, failed: 4 } }] });
  });

  it('are those that are in their hours, those that are not yet, and those of the release before', async () => {
    const at = '2026-01-31T12:00:00Z';
    await fixture.pool.query("insert into sample_rollups (tenant, dimension, name, step, at, measure, count, sum, buckets) values ('default', 'endpoint', $1, 3600, $2, 'attempts.2xx', 1, 0, '{}')", [String(endpoint), at]);
    for (const rolledUp of [false, true]) {
      await fixture.pool.query("insert into recent_samples values ('default', 'endpoint', 'attempts.2xx', $2, array['0', $1], '{100,2}', null, null, $3)", [String(endpoint), at, rolledUp]);
    }
    const former = 'insert into samples (subject, step, at, measure, count, sum, buckets) values ($1, 3600, $2, $3, $4, 0, $5)';
    await fixture.pool.query(former, [`endpoint/${endpoint}`, at, 'attempts.2xx', 4, '{}']);
    await fixture.pool.query(former, [`endpoint/${endpoint}`, at, 'latency', 4, '{0,0,0,0,0,0,0,0,4}']);
    expect(await stats({ from: '2026-01-31T00:00:00Z', to: '2026-02-01T00:00:00Z' })).toMatchObject({ attempts: { total: 7 }, latencyMs: { p50: 2, p99: 2 } });
  });

  it('count what is pending now, with the oldest, with and without lanes', async () => {
    const [unordered, unorderedId] = await createEndpoint('none');
    const epoch = await fixture.takeShard(0);
    const ids = await fixture.accept(['a', 'b', 'a', 'c'].map((entity) => ({ shard: 0, entity })));
    await dispatcher.get(AdmissionRepository).admit([{ shard: 0, epoch, eventIds: ids, parked: [], nextOffset: undefined, caughtUp: false }]);
    await fixture.pool.query("update deliveries set created_at = now() - interval '1 hour' where event_id = $1", [ids[1]]);
    const { rows } = await fixture.pool.query<{ created_at: Date }>('select created_at from deliveries where event_id = $1', [ids[1]]);
    for (const wanted of [id, unorderedId]) expect(await stats({}, wanted)).toMatchObject({ deliveries: { pending: 4 }, oldestPendingAt: rows[0]?.created_at.toISOString() });
    await fixture.pool.query("update deliveries set status = 'delivered' where endpoint = $1", [unordered]);
    expect(await stats({}, unorderedId)).toMatchObject({ deliveries: { pending: 0 }, oldestPendingAt: null });
  });

  it('are empty without attempts, by default of a day', async () => {
    const { from, to, ...rest } = await stats();
    expect([Date.parse(to) - Date.parse(from), rest]).toEqual([86_400_000, {
      step: '1h', attempts: { total: 0, succeeded: 0, failed: 0, byStatus: {} }, latencyMs: null, deliveries: { delivered: 0, dead: 0, discarded: 0, pending: 0 }, oldestPendingAt: null, steps: [],
    }]);
  });

  it('of an endpoint that does not exist, is deleted or is of another tenant are not found; an empty range is refused', async () => {
    const [deleted, deletedId] = await createEndpoint();
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [deleted]);
    for (const [wanted, tenant] of [['ep_1', 'default'], [`ep_${'0'.repeat(32)}`, 'default'], [deletedId, 'default'], [id, 'acme']]) await expect(stats({}, wanted, tenant)).rejects.toMatchObject({ code: 'not_found' });
    await expect(stats({ from: '2026-02-01T00:00:00Z', to: '2026-02-01T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
