import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { toPublicId } from '#domain/ids';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { type OutcomeCount, SourceActivity } from '#flow/sources/source-activity';
import { type RejectionCount, Rejections } from '#ground/http/rejections';
import { Samples } from '#ground/samples/samples';
import type { Page } from '#ground/http/pagination';
import { databaseOf } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { rejectionQuerySchema, type RejectionResource, rejectionSchema } from './rejection.schema.js';
import { RejectionsModule } from './rejections.module.js';
import { RejectionsRepository } from './rejections.repository.js';
import { RejectionsService } from './rejections.service.js';
import { RejectionsWriter } from './rejections-writer.js';

const NOTHING = { counts: [], duplicates: [], activity: { counts: [], runs: [] } } as const;
const MINUTE = Date.parse('2026-01-31T12:34:00Z');

let fixture: ShardFixture;
let log: LogCapture;
/** Two gateways on one database; the network of the second can break. */
let gateways: readonly [TestingModule, TestingModule];
let network: TcpProxy;

beforeAll(async () => {
  fixture = await createShardFixture();
  log = captureLog();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  gateways = [await testModules(fixture.url, [RejectionsModule]).compile(), await testModules(url.href, [RejectionsModule], { logger: log.logger }).compile()];
});

beforeEach(async () => {
  await fixture.pool.query('truncate rejections, rejection_flushes, event_duplicates');
});

afterAll(async () => {
  network.restore();
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await network.stop();
  await fixture.close();
});

const count = (changes: Partial<RejectionCount> = {}): RejectionCount =>
  ({ tenant: 'default', minuteMs: MINUTE, source: 'api', key: 'admin', code: 'duplicate', requests: 1, lastDetail: 'x', lastAtMs: MINUTE, ...changes });

async function list(query: Record<string, unknown> = {}, tenant = 'default'): Promise<Page<RejectionResource>> {
  const page = await gateways[0].get(RejectionsService).list(tenant, rejectionQuerySchema.parse(query));
  page.data.forEach((row) => rejectionSchema.parse(row));
  return page;
}

const flush = (counts: readonly RejectionCount[], number = 1, gateway: string = randomUUID()): Promise<void> => gateways[0].get(RejectionsRepository).add({ ...NOTHING, gateway, number, counts });

/** A source, with what the database knows about it. */
async function createSource(): Promise<{ source: number; counts: () => Promise<unknown[]>; state: () => Promise<unknown>; audited: () => Promise<unknown[]> }> {
  const { rows: [row] } = await fixture.pool.query<{ id: number; public_id: string }>("insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', gen_random_uuid(), 'stripe') returning id, public_id");
  const { id = 0, public_id: publicId = '' } = row ?? {};
  const rowsOf = async (query: string, value: unknown): Promise<unknown[]> => (await fixture.pool.query<Record<string, unknown>>(query, [value])).rows;
  return {
    source: id,
    counts: () => rowsOf('select minute, outcome, requests::integer, last_detail, last_at from source_activity where source = $1 order by outcome', id),
    state: async () => (await rowsOf('select last_accepted_at, last_rejected_at, last_rejection_code, last_rejection_detail, refused::integer, is_failing from source_states where source = $1', id))[0],
    audited: () => rowsOf('select actor, action, detail from audit_log where subject = $1 order by id', toPublicId('src', publicId)),
  };
}

describe('the state of a source', () => {
  const add = (source: number, { accepted, rejected, refused, refusedAt = rejected }: { accepted?: number; rejected?: number; refused: number; refusedAt?: number }): Promise<void> => gateways[0].get(RejectionsRepository).add({
    ...NOTHING, gateway: randomUUID(), number: 1,
    activity: {
      counts: [],
      runs: [{
        source, refused, lastRefusedAtMs: refused === 0 || refusedAt === undefined ? undefined : MINUTE + refusedAt * 60_000, lastAcceptedAtMs: accepted === undefined ? undefined : MINUTE + accepted * 60_000,
        lastRejection: rejected === undefined ? undefined : { code: 'invalid_signature', detail: `at ${rejected}`, atMs: MINUTE + rejected * 60_000 },
      }],
    },
  });

  it('has when something was accepted and refused last, in whichever order gateways tell it', async () => {
    const { source, state } = await createSource();
    expect(await state()).toEqual({ last_accepted_at: null, last_rejected_at: null, last_rejection_code: null, last_rejection_detail: null, refused: 0, is_failing: false });
    await add(source, { accepted: 1, rejected: 3, refused: 2 });
    await add(source, { accepted: 0, rejected: 2, refused: 1 });
    await add(source, { accepted: 2, refused: 0 });
    expect(await state()).toEqual({ last_accepted_at: new Date(MINUTE + 120_000), last_rejected_at: new Date(MINUTE + 180_000), last_rejection_code: 'invalid_signature', last_rejection_detail: 'at 3', refused: 0, is_failing: false });
  });

  it('is failing when five requests were refused and none was ever accepted, and audited once', async () => {
    const { source, state, audited } = await createSource();
    await add(source, { rejected: 0, refused: 4 });
    expect(await state()).toMatchObject({ is_failing: false });
    await Promise.all(Array.from({ length: 6 }, () => add(source, { rejected: 0, refused: 1 })));
    expect(await state()).toMatchObject({ refused: 10, is_failing: true });
    expect(await audited()).toEqual([{ actor: 'system', action: 'source.failing', detail: { refused: 5, code: 'invalid_signature', detail: 'at 0' } }]);
  });

  it('is failing only when nothing was accepted for five minutes, and recovers with what is accepted next', async () => {
    const { source, state, audited } = await createSource();
    await add(source, { accepted: 0, rejected: 4, refused: 100 });
    expect(await state()).toMatchObject({ is_failing: false });
    await add(source, { rejected: 5, refused: 1 });
    expect(await state()).toMatchObject({ refused: 101, is_failing: true });
    await Promise.all([add(source, { accepted: 6, refused: 0 }), add(source, { accepted: 6, refused: 0 })]);
    expect(await state()).toMatchObject({ refused: 0, is_failing: false });
    // Another gateway tells later what it refused before.
    await add(source, { rejected: 5, refused: 50 });
    expect(await state()).toMatchObject({ is_failing: false });
    expect((await audited()).map((row) => (row as { action: string }).action)).toEqual(['source.failing', 'source.recovered']);
  });

  it('is not failing through a refusal that says nothing against the sender, however late', async () => {
    const { source, state, audited } = await createSource();
    await add(source, { accepted: 0, rejected: 1, refused: 5 });
    await add(source, { rejected: 60, refused: 0 });
    expect([await state(), await audited()]).toMatchObject([{ refused: 5, is_failing: false }, []]);
  });

  it('is audited once an hour, however often it changes', async () => {
    const { source, state, audited } = await createSource();
    const actions = async (): Promise<string[]> => (await audited()).map((row) => (row as { action: string }).action);
    for (let minute = 0; minute < 100; minute += 10) {
      await add(source, { rejected: minute, refused: 5 });
      expect(await state()).toMatchObject({ is_failing: true });
      await add(source, { accepted: minute, refused: 0 });
      expect(await state()).toMatchObject({ is_failing: false });
    }
    expect(await actions()).toEqual(['source.failing', 'source.recovered']);
    await add(source, { rejected: 100, refused: 5 });
    await fixture.pool.query("update source_states set failing_audited_at = failing_audited_at - interval '1 hour' where source = $1", [source]);
    await add(source, { rejected: 101, refused: 1 });
    await add(source, { rejected: 102, refused: 1 });
    expect(await actions()).toEqual(['source.failing', 'source.recovered', 'source.failing']);
  });

  it('does not recover through what one gateway accepts while another one cannot read the topic', async () => {
    const { source, audited } = await createSource();
    const actions = async (): Promise<string[]> => (await audited()).map((row) => (row as { action: string }).action);
    await add(source, { rejected: 0, refused: 5 });
    await fixture.pool.query("insert into source_readers (source, gateway, state) values ($1, gen_random_uuid(), 'failing')", [source]);
    await add(source, { accepted: 1, refused: 0 });
    expect(await actions()).toEqual(['source.failing']);
    await fixture.pool.query("update source_readers set seen_at = seen_at - interval '30 seconds' where source = $1", [source]);
    await add(source, { accepted: 2, refused: 0 });
    expect(await actions()).toEqual(['source.failing', 'source.recovered']);
  });

  it('of many sources is told by many gateways at once without a deadlock', async () => {
    const sources = await Promise.all(Array.from({ length: 20 }, createSource));
    const runs = sources.map(({ source }) => ({ source, lastAcceptedAtMs: undefined, lastRejection: { code: 'invalid_signature' as const, detail: '', atMs: MINUTE }, refused: 1, lastRefusedAtMs: MINUTE }));
    await Promise.all(Array.from({ length: 6 }, (_, i) => gateways[0].get(RejectionsRepository).add({ ...NOTHING, gateway: randomUUID(), number: 1, activity: { counts: [], runs: i % 2 === 0 ? runs : runs.toReversed() } })));
    for (const { state, audited } of sources) expect([await state(), await audited()]).toMatchObject([{ refused: 6, is_failing: true }, [{ action: 'source.failing' }]]);
  });
});

describe('rejections', () => {
  it('of all gateways and flushes are added up, with the last detail', async () => {
    await flush([count({ requests: 2, lastDetail: 'later', lastAtMs: MINUTE + 20 })]);
    await flush([count({ requests: 3, lastDetail: 'earlier', lastAtMs: MINUTE + 10 }), count({ code: 'invalid_request' }), count({ tenant: 'other' })]);
    expect((await list()).data).toEqual([
      { minute: '2026-01-31T12:34:00.000Z', source: 'api', key: 'admin', code: 'invalid_request', count: 1, lastDetail: 'x', lastAt: '2026-01-31T12:34:00.000Z' },
      { minute: '2026-01-31T12:34:00.000Z', source: 'api', key: 'admin', code: 'duplicate', count: 5, lastDetail: 'later', lastAt: '2026-01-31T12:34:00.020Z' },
    ]);
    expect((await list({}, 'other')).data).toMatchObject([{ count: 1 }]);
  });

  it('count once when a flush is written twice, also late', async () => {
    const gateway = randomUUID();
    await flush([count()], 1, gateway);
    await Promise.all([flush([count()], 2, gateway), flush([count()], 2, gateway)]);
    await flush([count()], 1, gateway);
    expect((await list()).data).toMatchObject([{ count: 2 }]);
  });

  it('and duplicates of events are added up, each flush once', async () => {
    const duplicate = { event: randomUUID(), minuteMs: MINUTE, key: 'key_1', requests: 2, firstAtMs: MINUTE + 20, lastAtMs: MINUTE + 30 };
    const [gateway, repository] = [randomUUID(), gateways[0].get(RejectionsRepository)];
    for (const number of [1, 1, 2]) await repository.add({ ...NOTHING, gateway, number, duplicates: [duplicate] });
    await repository.add({ ...NOTHING, gateway: randomUUID(), number: 1, duplicates: [{ ...duplicate, firstAtMs: MINUTE + 10 }, { ...duplicate, key: 'admin' }] });
    const { rows } = await fixture.pool.query('select key, requests, first_at, last_at from event_duplicates where event_id = $1 order by key desc', [duplicate.event]);
    const [first, last] = [new Date(MINUTE + 10), new Date(MINUTE + 30)];
    expect(rows).toEqual([{ key: 'key_1', requests: 6, first_at: first, last_at: last }, { key: 'admin', requests: 2, first_at: new Date(MINUTE + 20), last_at: last }]);
  });

  it('of many gateways at once do not deadlock', async () => {
    const counts = Array.from({ length: 200 }, (_, i) => count({ key: `key-${i}` }));
    await Promise.all(Array.from({ length: 6 }, (_, i) => flush(i % 2 === 0 ? counts : counts.toReversed())));
    const { data } = await list({ limit: 250 });
    expect([data.length, data.every((row) => row.count === 6)]).toEqual([200, true]);
  });

  it('are stored by the gateway that counted them, whatever characters a detail has, and kept while Postgres is away', async () => {
    const [, gateway] = gateways;
    const writer = gateway.get(RejectionsWriter);
    gateway.get(Rejections).add(TEST_PRINCIPAL, 'invalid_request', 'a\u0000b\ud800');
    network.cut();
    await expect(writer.flush()).rejects.toThrow();
    gateway.get(Rejections).add(TEST_PRINCIPAL, 'invalid_request', 'second');
    await expect(writer.flush()).rejects.toThrow();
    network.restore();
    await writer.flush();
    expect((await list()).data.reduce((sum, row) => sum + row.count, 0)).toBe(2);
    gateway.get(Rejections).add(TEST_PRINCIPAL, 'invalid_request', 'a\u0000b\ud800');
    await writer.flush();
    expect((await list()).data).toMatchObject([{ lastDetail: 'a\ufffdb\ufffd' }]);
  });

  it('count once when the answer to a flush is lost', async () => {
    const [gateway] = gateways;
    const lossy = { lose: true };
    const database = databaseOf(fixture.pool);
    const repository = new RejectionsRepository({
      query: async (text, values) => {
        const answer = await database.query(text, values);
        if (lossy.lose) throw new Error('The connection broke before the answer came');
        return answer;
      },
    }, gateway.get(ListsDatabase));
    const rejections = new Rejections(new Samples());
    const writer = new RejectionsWriter(rejections, new SourceActivity(), repository, log.logger);
    rejections.add(TEST_PRINCIPAL, 'duplicate', 'first');
    await expect(writer.flush()).rejects.toThrow('broke');
    rejections.add(TEST_PRINCIPAL, 'duplicate', 'second');
    lossy.lose = false;
    await writer.flush();
    expect((await list()).data.reduce((sum, row) => sum + row.count, 0)).toBe(2);
  });

  it('are stored with what came to sources, of all gateways', async () => {
    const { source, counts } = await createSource();
    const minute = (requests: number, lastDetail: string, lastAtMs: number, outcome: OutcomeCount['outcome'] = 'invalid_signature'): OutcomeCount => ({ source, minuteMs: MINUTE, outcome, requests, lastDetail, lastAtMs: MINUTE + lastAtMs });
    const add = (number: number, activity: readonly OutcomeCount[], gateway: string = randomUUID()): Promise<void> => gateways[0].get(RejectionsRepository).add({ ...NOTHING, gateway, number, activity: { counts: activity, runs: [] } });
    const gateway = randomUUID();
    await add(1, [minute(2, 'later\u0000', 20), minute(4, '', 5, 'accepted')], gateway);
    await add(1, [minute(2, 'later', 20)], gateway);
    await add(1, [minute(3, 'earlier', 10)]);
    expect(await counts()).toEqual([
      { minute: new Date(MINUTE), outcome: 'accepted', requests: 4, last_detail: '', last_at: new Date(MINUTE + 5) },
      { minute: new Date(MINUTE), outcome: 'invalid_signature', requests: 5, last_detail: 'later\ufffd', last_at: new Date(MINUTE + 20) },
    ]);
  });

  it('of a source that is gone keep no others from being stored', async () => {
    const gone: OutcomeCount = { source: 2_000_000_000, minuteMs: MINUTE, outcome: 'accepted', requests: 1, lastDetail: '', lastAtMs: MINUTE };
    await gateways[0].get(RejectionsRepository).add({ gateway: randomUUID(), number: 1, counts: [count()], duplicates: [], activity: { counts: [gone], runs: [{ source: gone.source, lastAcceptedAtMs: MINUTE, lastRejection: undefined, refused: 0, lastRefusedAtMs: undefined }] } });
    expect((await list()).data).toHaveLength(1);
  });

  it('are stored when the gateway stops', async () => {
    const stopping = await testModules(fixture.url, [RejectionsModule]).compile();
    const writer = stopping.get(RejectionsWriter);
    writer.start();
    const { source, counts } = await createSource();
    stopping.get(Rejections).add(TEST_PRINCIPAL, 'duplicate', 'last');
    stopping.get(SourceActivity).note({ id: source }, 'accepted');
    await writer.stop();
    await stopping.close();
    expect((await list()).data).toMatchObject([{ code: 'duplicate', count: 1 }]);
    expect(await counts()).toMatchObject([{ outcome: 'accepted', requests: 1 }]);
  });

  it('come in pages, filtered, newest minute first', async () => {
    await flush(Array.from({ length: 12 }, (_, i) => count({ minuteMs: MINUTE + (i % 4) * 60_000, key: `key_${i >> 2}`, code: i < 6 ? 'duplicate' : 'invalid_request' })));
    const all = (await list()).data;
    expect(all.map(({ minute }) => minute)).toEqual(all.map(({ minute }) => minute).toSorted().toReversed());
    const paged: RejectionResource[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Page<RejectionResource> = await list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      paged.push(...page.data);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
    expect((await list({ key: 'key_1', code: 'duplicate' })).data.every(({ key, code }) => key === 'key_1' && code === 'duplicate')).toBe(true);
    expect((await list({ from: '2026-01-31T12:35:00Z', to: '2026-01-31T12:36:00Z' })).data.map(({ minute }) => minute)).toEqual(Array(3).fill('2026-01-31T12:35:00.000Z'));
    expect((await list({ source: 'src_1' })).data).toEqual([]);
  });
});
