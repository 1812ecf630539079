import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { Disposition } from '#domain/disposition';
import { toPublicId } from '#domain/ids';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { AdmissionModule } from '#flow/admission/admission.module';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import { CatchUpModule } from '#flow/catch-up/catch-up.module';
import { CatchUpsRepository } from '#flow/catch-up/catch-ups.repository';
import { FollowupRepository } from '#flow/ingest/followup.repository';
import { OpenReplaysRepository } from '#flow/operations/open-replays.repository';
import { OperationsModule } from '#flow/operations/operations.module';
import { OutcomeModule } from '#flow/outcome/outcome.module';
import { OutcomeRepository } from '#flow/outcome/outcome.repository';
import { KafkaModule } from '#ground/kafka/kafka.module';
import type { Page } from '#ground/http/pagination';
import { databaseOf } from '#ground/postgres/pool';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import { endpointReplayRequestSchema } from '#manage/dead-letters/endpoint-replay.schema';
import { ReplaysService } from '#manage/dead-letters/replays.service';
import { EndpointsModule } from '#manage/endpoints/endpoints.module';
import { EndpointsService } from '#manage/endpoints/endpoints.service';
import { LanesApiModule } from '#manage/lanes/lanes-api.module';
import { LanesService } from '#manage/lanes/lanes.service';
import { TimelineModule } from './timeline.module.js';
import { type TimelineEntry, timelineEntrySchema, timelineQuerySchema } from './timeline.schema.js';
import { TimelineService } from './timeline.service.js';

let fixture: ShardFixture;
let gateway: TestingModule;
let dispatcher: TestingModule;
let epoch: number;
let endpoint: number;
let endpointId: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [TimelineModule, LanesApiModule, DeadLettersModule, EndpointsModule]).compile();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule, CatchUpModule, OutcomeModule, OperationsModule]).compile();
});

beforeEach(async () => {
  await fixture.pool.query('update endpoints set deleted_at = now() where deleted_at is null');
  epoch = await fixture.takeShard(0);
  endpoint = await fixture.createEndpoint();
  endpointId = await publicIdOf(endpoint);
});

afterAll(async () => {
  await Promise.all([gateway.close(), dispatcher.close()]);
  await fixture.close();
});

async function publicIdOf(key: number): Promise<string> {
  const { rows } = await fixture.pool.query<{ id: string }>('select public_id as id from endpoints where id = $1', [key]);
  return toPublicId('ep', rows[0]?.id ?? '');
}

async function accept(entity: string, type = 'order.created'): Promise<string> {
  const [id = ''] = await fixture.accept([{ shard: 0, entity, type }]);
  return id;
}

async function admit(...eventIds: string[]): Promise<void> {
  await dispatcher.get(AdmissionRepository).admit([{ shard: 0, epoch, eventIds, parked: [], nextOffset: undefined, caughtUp: false }]);
}

async function admitted(entity: string): Promise<string> {
  const id = await accept(entity);
  await admit(id);
  return id;
}

/** Commits the outcome of an attempt at the endpoint. */
async function attempt(eventId: string, number: number, disposition: Disposition, statusCode = 500, halts = false): Promise<void> {
  await dispatcher.get(OutcomeRepository).commit([{
    shard: 0, epoch, key: { eventId, endpoint, replay: 0 }, attempt: number, disposition, halts, tokenTopic: undefined,
    result: { startedAtMs: Date.now(), durationMs: 3, statusCode, error: undefined, responseBody: Buffer.from('no'), retryAfterMs: undefined },
  }]);
}

async function applyReplay(): Promise<void> {
  const operations = dispatcher.get(OpenReplaysRepository);
  for (const open of await operations.find([0])) await operations.apply(open, epoch);
}

async function timeline(event: string, query: Record<string, unknown> = {}): Promise<Page<TimelineEntry>> {
  const page = await gateway.get(TimelineService).list('default', toPublicId('evt', event), timelineQuerySchema.parse(query));
  page.data.forEach((entry) => timelineEntrySchema.parse(entry));
  return page;
}

const kinds = ({ data }: Page<TimelineEntry>): string[] => data.map((entry) => (entry.kind === 'waiting' ? `waiting: ${entry.reason}` : entry.kind));

const retry: Disposition = { kind: 'retry', delayMs: 3_600_000 };
const dead: Disposition = { kind: 'dead', reason: 'attempts_exhausted' };

describe('the timeline of an event', () => {
  it('tells from acceptance to delivery, each with its facts', async () => {
    const event = await accept('order-1');
    expect((await timeline(event)).data).toMatchObject([{ kind: 'accepted', source: 'api', idempotencyKey: null }, { kind: 'waiting', reason: 'admission', behind: null, until: null }]);
    await admit(event);
    await attempt(event, 1, retry);
    const [waiting] = (await timeline(event)).data.slice(-1);
    expect(waiting).toMatchObject({ kind: 'waiting', reason: 'retry', endpoint: endpointId, until: expect.stringMatching(/^20.*Z$/) as unknown });
    await attempt(event, 2, { kind: 'delivered' }, 200);
    const delivery = `dlv_${event.replaceAll('-', '')}${endpoint.toString(16).padStart(8, '0')}0000`;
    const whose = { at: expect.stringMatching(/^20.*Z$/) as unknown, endpoint: endpointId, delivery };
    const { data, nextCursor } = await timeline(event);
    expect(nextCursor).toBeNull();
    expect(data.slice(1)).toEqual([
      { at: whose.at, kind: 'admitted', routes: 1, filtered: 0 },
      { ...whose, kind: 'routed', lane: 'order-1', sequence: 1, replay: 0, reason: 'event_type' },
      { ...whose, kind: 'attempt', number: 1, durationMs: 3, statusCode: 500, error: null, epoch },
      { ...whose, kind: 'attempt', number: 2, durationMs: 3, statusCode: 200, error: null, epoch },
      { ...whose, kind: 'delivered' },
    ]);
  });

  it('says why nobody gets it', async () => {
    await fixture.pool.query("update endpoints set event_types = '{invoice.*}' where id = $1", [endpoint]);
    const event = await admitted('order-2');
    expect((await timeline(event)).data.slice(1)).toMatchObject([{ kind: 'admitted', routes: 0 }, { kind: 'not_routed', reason: 'no_endpoint' }]);
  });

  it('says that an endpoint that catches up is still to come to it, then that it has', async () => {
    await fixture.pool.query("update endpoints set event_types = '{invoice.*}' where id = $1", [endpoint]);
    const past = await admitted('order-past');
    expect(kinds(await timeline(past))).toEqual(['accepted', 'admitted', 'not_routed']);
    const catchingUp = await fixture.createEndpoint({ eventTypes: ['order.*'] });
    const waiting = { at: expect.stringMatching(/^20.*Z$/) as unknown, kind: 'waiting', endpoint: await publicIdOf(catchingUp), reason: 'catching_up', behind: null, until: null };
    await fixture.pool.query("insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards) values ($1, 'default', '-infinity', now() - interval '1 hour', 0, 1)", [catchingUp]);
    await fixture.pool.query("insert into catch_up_shards (endpoint, shard, tenant) values ($1, 0, 'default')", [catchingUp]);
    const [during, queued, other] = [await admitted('order-past'), await accept('order-past'), await accept('order-past', 'parcel.sent')];
    await admit(other);
    for (const event of [past, during]) {
      expect((await timeline(event)).data.slice(1)).toEqual([expect.objectContaining({ kind: 'admitted', routes: 0 }), waiting]);
      expect(kinds(await timeline(event, { endpoint: endpointId }))).toEqual(['accepted', 'admitted']);
      expect(kinds(await timeline(event, { cursor: (await timeline(event, { limit: 2 })).nextCursor }))).toEqual(['waiting: catching_up']);
    }
    expect(kinds(await timeline(queued))).toEqual(['accepted', 'waiting: admission']);
    await dispatcher.get(CatchUpsRepository).step({ endpoint: catchingUp, shard: 0, position: 0, firstId: '00000000-0000-0000-0000-000000000000' }, epoch, { scanned: 1_000, changed: 1_000 });
    for (const event of [past, during]) {
      expect(kinds(await timeline(event)).slice(1, 3)).toEqual(['admitted', 'routed']);
      expect((await timeline(event)).data).toContainEqual(expect.objectContaining({ kind: 'routed', endpoint: waiting.endpoint, reason: 'catch_up' }));
      expect(kinds(await timeline(event, { endpoint: endpointId }))).toEqual(['accepted', 'admitted']);
    }
    expect(kinds(await timeline(other))).toEqual(['accepted', 'admitted', 'not_routed']);
  });

  it('says which endpoints do not get it because of their filters', async () => {
    const filtering = await fixture.createEndpoint({ filter: '$.total > 100' });
    const filteringId = await publicIdOf(filtering);
    const [event = ''] = await fixture.accept([{ shard: 0, entity: 'order-filtered', payload: Buffer.from('{"total":100}') }]);
    await admit(event);
    const filtered = { at: expect.stringMatching(/^20.*Z$/) as unknown, kind: 'filtered', endpoint: filteringId };
    expect((await timeline(event)).data.slice(1)).toMatchObject([{ kind: 'admitted', routes: 1, filtered: 1 }, { kind: 'routed', endpoint: endpointId }, filtered, { kind: 'waiting' }]);
    expect((await timeline(event, { endpoint: filteringId })).data.slice(2)).toEqual([filtered]);
    expect(kinds(await timeline(event, { endpoint: endpointId }))).toEqual(['accepted', 'admitted', 'routed', 'waiting: sending']);
    const pages = [await timeline(event, { limit: 3 })];
    pages.push(await timeline(event, { limit: 3, cursor: pages[0]?.nextCursor }));
    expect(pages.flatMap(kinds)).toEqual(['accepted', 'admitted', 'routed', 'filtered', 'waiting: sending']);
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    const [unrouted = ''] = await fixture.accept([{ shard: 0, entity: 'order-filtered', payload: Buffer.from('not JSON') }]);
    await admit(unrouted);
    expect((await timeline(unrouted)).data.slice(1)).toMatchObject([{ kind: 'admitted', routes: 0, filtered: 1 }, { kind: 'not_routed', reason: 'filtered' }, filtered]);
  });

  it('says that the event named its endpoint, and that this was deleted', async () => {
    const [event = '', late = ''] = await fixture.accept([{ shard: 0, entity: 'order-named', destination: endpoint }, { shard: 0, entity: 'order-named', destination: endpoint }]);
    await admit(event);
    expect((await timeline(event)).data.slice(1, 3)).toMatchObject([{ kind: 'admitted', routes: 1 }, { kind: 'routed', endpoint: endpointId, reason: 'destination' }]);
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    await admit(late);
    expect((await timeline(late)).data.slice(1)).toMatchObject([{ kind: 'admitted', routes: 0 }, { kind: 'not_routed', reason: 'endpoint_deleted' }]);
  });

  it('says what a pending delivery waits for', async () => {
    const [first, second] = [await admitted('order-3'), await admitted('order-3')];
    const reasonOf = async (event: string): Promise<unknown> => {
      const entry = (await timeline(event)).data.at(-1);
      return entry?.kind === 'waiting' ? [entry.reason, entry.behind] : entry?.kind;
    };
    expect([await reasonOf(first), await reasonOf(second)]).toEqual([['sending', null], ['lane', 1]]);
    await gateway.get(EndpointsService).change(TEST_PRINCIPAL, endpointId, { rateLimit: { perSecond: 0.01 } });
    await fixture.pool.query("insert into token_buckets (id, tokens, refilled_at, full_at) values ('endpoint/' || $1::integer, 0, now(), now())", [endpoint]);
    expect([await reasonOf(first), await reasonOf(second)]).toEqual([['rate_limit', null], ['lane', 1]]);
    await gateway.get(EndpointsService).change(TEST_PRINCIPAL, endpointId, { rateLimit: null });
    await fixture.pool.query("insert into endpoint_breakers (endpoint, state, probe_at, bucket) values ($1, 'open', '2026-01-31 12:00:00Z', 0)", [endpoint]);
    expect([await reasonOf(first), await reasonOf(second)]).toEqual([['breaker', null], ['lane', 1]]);
    expect((await timeline(first)).data.at(-1)).toMatchObject({ until: '2026-01-31T12:00:00.000Z' });
    await fixture.pool.query("update endpoint_breakers set state = 'closed' where endpoint = $1", [endpoint]);
    await gateway.get(LanesService).mark(TEST_PRINCIPAL, endpointId, 'order-3', 'pause', {});
    expect(await reasonOf(second)).toEqual(['lane_paused', null]);
    await gateway.get(EndpointsService).pause(TEST_PRINCIPAL, endpointId);
    expect(await reasonOf(first)).toEqual(['endpoint_paused', null]);
    await gateway.get(EndpointsService).resume(TEST_PRINCIPAL, endpointId);
    await gateway.get(LanesService).mark(TEST_PRINCIPAL, endpointId, 'order-3', 'resume', {});
    await attempt(first, 1, dead, 500, true);
    expect([await reasonOf(first), await reasonOf(second)]).toEqual(['dead', ['lane_halted', 1]]);
    const halt = { kind: 'action', action: 'lane.halted', subject: `${endpointId}/order-3`, by: { type: 'system', id: 'system', name: 'Lockstep' }, detail: { event: toPublicId('evt', first), sequence: 1, reason: 'attempts_exhausted' } };
    expect((await timeline(second)).data).toContainEqual(expect.objectContaining(halt));
    await fixture.pool.query("update endpoints set status = 'disabled' where id = $1", [endpoint]);
    expect(await reasonOf(second)).toEqual(['endpoint_disabled', null]);
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    expect(await reasonOf(second)).toEqual(['endpoint_deleted', null]);
  });

  it('names what operators did to its lane and endpoint while it was pending, and who', async () => {
    const lanes = gateway.get(LanesService);
    const other = await admitted('order-5');
    const event = await admitted('order-4');
    await lanes.mark(TEST_PRINCIPAL, endpointId, 'order-4', 'pause', { reason: 'moving' });
    await lanes.mark(TEST_PRINCIPAL, endpointId, 'order-4', 'resume', {});
    await attempt(event, 1, { kind: 'delivered' }, 200);
    await gateway.get(EndpointsService).pause(TEST_PRINCIPAL, endpointId);
    const { data } = await timeline(event);
    expect(kinds({ data, nextCursor: null })).toEqual(['accepted', 'admitted', 'routed', 'action', 'action', 'attempt', 'delivered']);
    const by = { type: 'admin', id: 'admin', name: 'Admin key' };
    expect(data[3]).toEqual({ at: expect.any(String) as unknown, kind: 'action', endpoint: endpointId, action: 'lane.paused', subject: `${endpointId}/order-4`, by, detail: { reason: 'moving' } });
    expect(kinds(await timeline(other))).toEqual(['accepted', 'admitted', 'routed', 'action', 'waiting: endpoint_paused']);
  });

  it('names the replays and discards that changed it', async () => {
    const event = await admitted('order-6');
    await attempt(event, 1, dead);
    expect(kinds(await timeline(event))).toEqual(['accepted', 'admitted', 'routed', 'attempt', 'dead']);
    const filter = { endpoint: endpointId, entity: undefined, type: undefined, from: undefined, to: undefined, dryRun: false };
    await gateway.get(ReplaysService).start(TEST_PRINCIPAL, 'replay', { ...filter, entity: 'another' });
    const { id } = await gateway.get(ReplaysService).start(TEST_PRINCIPAL, 'replay', filter);
    await applyReplay();
    await attempt(event, 2, { kind: 'delivered' }, 200);
    await gateway.get(ReplaysService).startForEvent(TEST_PRINCIPAL, toPublicId('evt', event));
    await applyReplay();
    const { data } = await timeline(event);
    expect(data.filter(({ kind }) => kind === 'replay')).toMatchObject([{ action: 'replay', request: id, matched: 1, by: TEST_PRINCIPAL.actor }, { action: 'replay', matched: 1 }]);
    expect(kinds({ data, nextCursor: null })).toEqual(['accepted', 'admitted', 'routed', 'attempt', 'replay', 'attempt', 'delivered', 'replay', 'routed', 'waiting: sending']);
    expect(data[8]).toMatchObject({ kind: 'routed', sequence: 2, replay: 1, reason: 'replay' });
  });

  it('names the replay of past events that delivered it again, and who asked for it, once', async () => {
    const event = await admitted('order-13');
    await attempt(event, 1, { kind: 'delivered' }, 200);
    const range = { from: new Date(Date.now() - 60_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() };
    const { id } = await gateway.get(ReplaysService).startForEndpoint(TEST_PRINCIPAL, endpointId, endpointReplayRequestSchema.parse(range));
    await applyReplay();
    const { data } = await timeline(event);
    expect(kinds({ data, nextCursor: null })).toEqual(['accepted', 'admitted', 'routed', 'attempt', 'delivered', 'replay', 'routed', 'waiting: sending']);
    expect(data[5]).toMatchObject({ action: 'replay', request: id, by: TEST_PRINCIPAL.actor });
  });

  it('counts its duplicates by minute and key, and those of no other event', async () => {
    const [event, other] = [await admitted('order-11'), await admitted('order-12')];
    await fixture.pool.query(
      `insert into event_duplicates (event_id, minute, key, requests, first_at, last_at)
      select id, date_trunc('minute', now()) + n * interval '1 minute', key, 2, now() + n * interval '1 minute', now() + n * interval '1 minute'
      from unnest($1::uuid[]) as id, unnest('{admin,key_1}'::text[]) as key, generate_series(0, 1) as n`, [[event, other]]);
    const { data } = await timeline(event);
    const duplicate = { at: expect.any(String) as unknown, kind: 'duplicate', count: 2, lastAt: expect.stringMatching(/^20.*Z$/) as unknown };
    expect(data.filter(({ kind }) => kind === 'duplicate')).toEqual(['admin', 'key_1', 'admin', 'key_1'].map((by) => ({ ...duplicate, by })));
    const first = await timeline(event, { limit: 4 });
    expect([...first.data, ...(await timeline(event, { cursor: first.nextCursor })).data].map(({ kind }) => kind)).toEqual(data.map(({ kind }) => kind));
  });

  it('says that the producer had it requeued, with its key, also when the audit row has expired', async () => {
    const event = await admitted('order-10');
    await attempt(event, 1, dead);
    const by = { type: 'key' as const, id: 'key_1', name: 'A provider' };
    await new FollowupRepository(databaseOf(fixture.pool)).requeue({ ...TEST_PRINCIPAL, actor: by }, event);
    const replay = { kind: 'replay', action: 'requeue', matched: 1, request: expect.stringMatching(/^rpl_/) as unknown };
    expect((await timeline(event)).data.slice(-1)).toMatchObject([{ ...replay, by }]);
    await fixture.pool.query('update replays set created_at = created_at + $2::interval where event_id = $1', [event, '1 second']);
    expect((await timeline(event)).data.slice(-1)).toMatchObject([{ ...replay, by: { type: 'key', id: 'key_1', name: 'key_1' } }]);
  });

  it('comes in pages, with the same entries and none twice, for all endpoints or one', async () => {
    const second = await fixture.createEndpoint();
    await fixture.createEndpoint({ ordering: 'none' });
    const event = await admitted('order-7');
    await attempt(event, 1, retry);
    for (const query of [{}, { endpoint: await publicIdOf(second) }]) {
      const all = (await timeline(event, query)).data;
      const paged: TimelineEntry[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Page<TimelineEntry> = await timeline(event, { ...query, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
        paged.push(...page.data);
        cursor = page.nextCursor;
      }
      const withoutNow = (entries: readonly TimelineEntry[]): unknown[] => entries.map((entry) => (entry.kind === 'waiting' ? { ...entry, at: '' } : entry));
      expect(withoutNow(paged)).toEqual(withoutNow(all));
    }
    expect(kinds(await timeline(event, { endpoint: await publicIdOf(second) }))).toEqual(['accepted', 'admitted', 'routed', 'waiting: sending']);
    expect((await timeline(event)).data.filter(({ kind }) => kind === 'routed')).toMatchObject([{ lane: 'order-7', sequence: 1 }, { lane: 'order-7' }, { lane: null, sequence: null }]);
  });

  it('keeps attempts between routing and outcome, whatever the dispatcher\'s clock says', async () => {
    const event = await admitted('order-8');
    await attempt(event, 1, retry);
    await attempt(event, 2, { kind: 'delivered' }, 200);
    await fixture.pool.query("update attempts set started_at = started_at + case number when 1 then interval '-1 hour' else interval '1 hour' end where event_id = $1", [event]);
    expect(kinds(await timeline(event))).toEqual(['accepted', 'admitted', 'routed', 'attempt', 'attempt', 'delivered']);
  });

  it('is not found for an event of another tenant', async () => {
    const event = toPublicId('evt', await admitted('order-9'));
    await expect(gateway.get(TimelineService).list('other', event, timelineQuerySchema.parse({}))).rejects.toMatchObject({ code: 'not_found' });
  });
});
