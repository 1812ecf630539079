import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { deliveryId, mintId } from '#domain/ids';
import type { GatewayClient } from '#dev/testing/gateway-client';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

const MIB = 1_048_576;
const ENTITY = 'ü'.repeat(255);

interface Attempt {
  readonly number: number;
  readonly responseBody: string | null;
  readonly responseBodyOmitted?: true;
}

interface Delivery {
  readonly id: string;
  readonly attempts: readonly Attempt[];
  readonly attemptsCursor?: string;
}

interface Page<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;
let endpoint: number;

beforeAll(async () => {
  gateway = await GatewayWithStore.start();
  ({ client, store } = gateway);
  endpoint = await createEndpoint();
});

afterAll(async () => {
  await gateway.stop();
});

async function createEndpoint(): Promise<number> {
  const { rows: [row] } = await store.query<{ id: number }>("insert into endpoints (public_id, tenant, url) values (gen_random_uuid(), 'default', 'https://x/') returning id");
  return row?.id ?? 0;
}

/** Events with a dead delivery each, whose attempts got the longest body and error there can be. */
async function createDeadLetters(count: number, attempts: number): Promise<string[]> {
  const ids = Array.from({ length: count }, mintId);
  await store.query(
    `insert into events (id, tenant, shard, type, entity, idempotency_key, content_type, payload)
     select id, 'default', 0, repeat('t', 128), $2, repeat('k', 255), 'application/json', '{}' from unnest($1::uuid[]) id`, [ids, ENTITY]);
  await store.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, status, attempts, dead_reason, finished_at)
     select id, $2, 'default', 0, 'dead', $3, 'attempts_exhausted', now() from unnest($1::uuid[]) id`, [ids, endpoint, attempts]);
  // Random bytes: what compresses well would be read in no time.
  await store.query(
    `insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms, status_code, error, response_body)
     select id, $2, 0, n, 'default', 1, now(), 12, 500, repeat('é', 500), b.body
     from unnest($1::uuid[]) id, generate_series(1, $3::integer) n, (select string_agg(sha512(i::text::bytea), '') as body from generate_series(1, 256) i) b`, [ids, endpoint, attempts]);
  return ids;
}

async function read<Answer>(path: string): Promise<{ answer: Answer; bytes: number }> {
  const { status, json, text } = await client.get(path);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return { answer: json as Answer, bytes: Buffer.byteLength(text) };
}

async function readAll<Item>(path: string, first = ''): Promise<{ items: Item[]; pages: number; mostBytes: number }> {
  const items: Item[] = [];
  let [pages, mostBytes, cursor] = [0, 0, first];
  do {
    const { answer, bytes } = await read<Page<Item>>(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    items.push(...answer.data);
    pages += 1;
    mostBytes = Math.max(mostBytes, bytes);
    cursor = answer.nextCursor ?? '';
  } while (cursor !== '');
  return { items, pages, mostBytes };
}

describe('answers about deliveries with many large attempts', () => {
  let ids: readonly string[];

  beforeAll(async () => {
    ids = await createDeadLetters(250, 40);
  });

  it.each(['/v1/dead-letters?limit=250', '/v1/deliveries?limit=250'])('lists them at %s in less than 1 MiB, each with its last attempt', async (path) => {
    const { answer, bytes } = await read<Page<{ attemptCount: number; lastAttempt: unknown }>>(path);
    expect(bytes).toBeLessThan(MIB);
    expect(answer.data).toHaveLength(250);
    for (const { attemptCount, lastAttempt } of answer.data) {
      expect([attemptCount, lastAttempt]).toEqual([40, { number: 40, startedAt: expect.any(String) as unknown, durationMs: 12, statusCode: 500, error: 'é'.repeat(500) }]);
    }
    expect(answer.data[0]).not.toHaveProperty('attempts');
  });

  it('lists events in less than 1 MiB', async () => {
    const { answer, bytes } = await read<Page<unknown>>('/v1/events?limit=250');
    expect(answer.data).toHaveLength(250);
    expect(bytes).toBeLessThan(MIB);
  });

  it('gives a delivery its bodies, and pages of attempts in which none is missing', async () => {
    const [eventId = ''] = ids;
    const id = deliveryId({ eventId, endpoint, replay: 0 });
    const { answer } = await read<Delivery>(`/v1/deliveries/${id}`);
    expect(answer.attempts.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(answer.attempts.filter(({ responseBody }) => responseBody === null)).toEqual([]);
    expect(answer).not.toHaveProperty('attemptsCursor');
    const { items, pages } = await readAll<Attempt>(`/v1/deliveries/${id}/attempts?limit=7`);
    expect(items).toEqual([...answer.attempts].reverse());
    expect(pages).toBe(6);
  });
});

describe('answers about an event with many deliveries', () => {
  it('has the first 100 deliveries, the newest 50 attempts of each, and 1 MiB of bodies, newest first; the rest by cursor', async () => {
    const [eventId = ''] = await createDeadLetters(1, 60);
    const others = 119;
    await store.query(
      `with made as (insert into endpoints (public_id, tenant, url) select gen_random_uuid(), 'default', 'https://x/' from generate_series(1, $2::integer) returning id),
       routed as (
         insert into deliveries (event_id, endpoint, tenant, shard, status, attempts) select $1, id, 'default', 0, 'dead', 60 from made returning endpoint
       )
       insert into attempts select a.event_id, r.endpoint, 0, a.number, a.tenant, 1, a.started_at, 12, 500, 'no', a.response_body
       from routed r cross join attempts a where a.event_id = $1 and a.number > 58`, [eventId, others]);
    const path = `/v1/events/evt_${eventId.replaceAll('-', '')}`;
    const { answer, bytes } = await read<{ deliveries: readonly Delivery[]; deliveriesCursor?: string }>(path);
    expect(bytes).toBeLessThan(5 * MIB);
    expect(answer.deliveries).toHaveLength(100);
    const attempts = answer.deliveries.flatMap((delivery) => delivery.attempts);
    expect(answer.deliveries[0]?.attempts.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11));
    // 64 bodies of 16 KiB have 1 MiB. Every other attempt says that its body is left out.
    const withBody = attempts.filter(({ responseBody }) => responseBody !== null);
    expect(withBody).toHaveLength(64);
    expect(new Set(withBody.map(({ number }) => number))).toEqual(new Set([60]));
    expect(attempts.filter(({ responseBody, responseBodyOmitted }) => (responseBody === null) !== (responseBodyOmitted === true))).toEqual([]);

    const rest = await readAll<{ id: string }>(`${path}/deliveries?limit=7`, answer.deliveriesCursor);
    expect(rest.items).toHaveLength(others + 1 - 100);
    const all = await readAll<{ id: string }>(`${path}/deliveries?limit=50`);
    expect(all.items.map(({ id }) => id)).toEqual([...answer.deliveries, ...rest.items].map(({ id }) => id));

    const [{ id = '', attemptsCursor = '' } = {}] = answer.deliveries;
    expect((await readAll<Attempt>(`/v1/deliveries/${id}/attempts?limit=250`, attemptsCursor)).items.map(({ number }) => number)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    // A page ends where its bodies have 1 MiB.
    const { items, pages } = await readAll<Attempt>(`/v1/deliveries/${id}/attempts?limit=250`);
    expect([items.length, pages]).toEqual([60, 1]);
  });

  it('ends a page of attempts where their bodies have 1 MiB', async () => {
    const [eventId = ''] = await createDeadLetters(1, 150);
    const { items, pages, mostBytes } = await readAll<Attempt>(`/v1/deliveries/${deliveryId({ eventId, endpoint, replay: 0 })}/attempts?limit=250`);
    expect(items.map(({ number }) => number)).toEqual(Array.from({ length: 150 }, (_, i) => 150 - i));
    expect(items.filter(({ responseBody }) => responseBody === null)).toEqual([]);
    expect(pages).toBe(3);
    // A byte that is no UTF-8 becomes three.
    expect(mostBytes).toBeLessThan(4 * MIB);
  });
});

describe('answers about endpoints', () => {
  it('has pages of at most 1 MiB of settings, whatever the metadata', async () => {
    // In jsonb each number has 309 digits.
    const metadata = { numbers: Array.from({ length: 2_000 }, () => 1e308) };
    const headers = Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`x-${i}`, 'v'.repeat(4_000)]));
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(((await client.send('POST', '/v1/endpoints', { url: `https://example.com/${'ü'.repeat(1_000)}`, headers, metadata })).json as { id: string }).id);
    const { items, pages } = await readAll<{ id: string; metadata: unknown }>('/v1/endpoints?limit=250');
    expect(items.slice(0, 5).map(({ id }) => id)).toEqual(ids.reverse());
    expect(items[0]?.metadata).toEqual(metadata);
    expect(pages).toBeGreaterThanOrEqual(4);
  });

  it('refuses more headers than a receiver takes', async () => {
    for (const headers of [Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`x-${i}`, ''])), Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`x-${i}`, 'v'.repeat(4_000)]))]) {
      expect(await client.send('POST', '/v1/endpoints', { url: 'https://example.com/', headers })).toMatchObject({ status: 400, json: { errors: [{ path: '/headers' }] } });
    }
  });
});
