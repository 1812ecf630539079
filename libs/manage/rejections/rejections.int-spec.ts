import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { type RejectionCount, Rejections } from '#ground/http/rejections';
import type { Page } from '#ground/http/pagination';
import { databaseOf } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { rejectionQuerySchema, type RejectionResource, rejectionSchema } from './rejection.schema.js';
import { RejectionsModule } from './rejections.module.js';
import { RejectionsRepository } from './rejections.repository.js';
import { RejectionsService } from './rejections.service.js';
import { RejectionsWriter } from './rejections-writer.js';

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

const flush = (counts: readonly RejectionCount[], number = 1, gateway: string = randomUUID()): Promise<void> => gateways[0].get(RejectionsRepository).add({ gateway, number, counts, duplicates: [] });

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
    for (const number of [1, 1, 2]) await repository.add({ gateway, number, counts: [], duplicates: [duplicate] });
    await repository.add({ gateway: randomUUID(), number: 1, counts: [], duplicates: [{ ...duplicate, firstAtMs: MINUTE + 10 }, { ...duplicate, key: 'admin' }] });
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
    const rejections = new Rejections();
    const writer = new RejectionsWriter(rejections, repository, log.logger);
    rejections.add(TEST_PRINCIPAL, 'duplicate', 'first');
    await expect(writer.flush()).rejects.toThrow('broke');
    rejections.add(TEST_PRINCIPAL, 'duplicate', 'second');
    lossy.lose = false;
    await writer.flush();
    expect((await list()).data.reduce((sum, row) => sum + row.count, 0)).toBe(2);
  });

  it('are stored when the gateway stops', async () => {
    const stopping = await testModules(fixture.url, [RejectionsModule]).compile();
    const writer = stopping.get(RejectionsWriter);
    writer.start();
    stopping.get(Rejections).add(TEST_PRINCIPAL, 'duplicate', 'last');
    await writer.stop();
    await stopping.close();
    expect((await list()).data).toMatchObject([{ code: 'duplicate', count: 1 }]);
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
