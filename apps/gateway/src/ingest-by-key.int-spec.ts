import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Answer, GatewayClient } from '#dev/testing/gateway-client';
import { waitUntil } from '#dev/testing/wait-until';
import { mintId } from '#domain/ids';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

interface Accepted {
  readonly id: string;
}

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start({ KAFKA_BROKERS: '127.0.0.1:1' });
  ({ client, store } = gateway);
  await client.send('PUT', '/v1/tenants/acme', {});
});

afterAll(async () => {
  await gateway.stop();
});

/** The headers of a new key of the tenant `acme` that may post events. */
async function keyWith(settings: Record<string, unknown>): Promise<{ id: string; headers: Record<string, string> }> {
  const created = await client.send('POST', '/v1/api-keys', { name: 'A key', tenant: 'acme', scopes: ['ingest'], ...settings });
  expect(created.status).toBe(201);
  const { id, key } = created.json as { id: string; key: string };
  return { id, headers: { authorization: `Bearer ${key}` } };
}

const event = (idempotencyKey?: string): Record<string, unknown> => ({ type: 'order.created', entity: 'order-1', data: {}, idempotencyKey });
const post = (headers: Record<string, string>, body: unknown): Promise<Answer> => client.send('POST', '/v1/events', body, headers);
const postBatch = (headers: Record<string, string>, items: readonly unknown[], type = 'application/json'): Promise<Answer> =>
  client.send('POST', type === 'application/json' ? '/v1/events/batch' : '/v1/events', items, { ...headers, 'content-type': type });

/** As if every attempt of the event's only delivery had failed. */
async function letDie({ id }: Accepted): Promise<void> {
  const { rows: [endpoint] } = await store.query<{ id: number }>(
    "insert into endpoints (public_id, tenant, url) values ($1, 'acme', 'http://127.0.0.1:1/') returning id", [mintId()]);
  await store.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, status, attempts, dead_reason, finished_at)
    select id, $2, tenant, shard, 'dead', 3, 'attempts_exhausted', now() from events where id = $1::uuid`, [id.slice(4), endpoint?.id]);
}

describe('a duplicate, alone and in a batch,', () => {
  it('is a conflict that names the first event, for a key with `duplicates: conflict`', async () => {
    const { headers } = await keyWith({ duplicates: 'conflict' });
    const key = mintId();
    const { id } = (await post(headers, event(key))).json as Accepted;
    expect(await post(headers, event(key))).toMatchObject({ status: 409, json: { code: 'conflict', id } });
    expect((await postBatch(headers, [event(key), event()])).json).toMatchObject({ results: [{ status: 409, code: 'conflict', id }, { status: 202 }] });
    // Another body is a mistake, whatever the key says about duplicates.
    expect(await post(headers, { ...event(key), data: 2 })).toMatchObject({ status: 422 });
  });

  it.each(['conflict', 'replay'])('requeues its dead deliveries once, for a key with `resubmit: requeue-dead` (duplicates: %s)', async (duplicates) => {
    const { id: keyId, headers } = await keyWith({ duplicates, resubmit: 'requeue-dead' });
    const keys = [mintId(), mintId(), mintId()];
    const accepted = await Promise.all(keys.map(async (key) => (await post(headers, event(key))).json as Accepted));
    const [alone, inBatch] = accepted;
    for (const dead of [alone, inBatch]) if (dead !== undefined) await letDie(dead);
    const again = duplicates === 'conflict' ? { status: 409 } : { status: 202, replayed: true };
    expect(await post(headers, event(keys[0]))).toMatchObject({ status: 202, json: { id: alone?.id, requeued: true } });
    expect((await postBatch(headers, keys.map(event))).json).toMatchObject({ results: [again, { status: 202, id: inBatch?.id, replayed: true, requeued: true }, again] });
    const { rows } = await store.query("select subject, actor, request_id is not null as named from audit_log where action = 'event.requeued' and actor = $1 order by id", [keyId]);
    expect(rows).toEqual([alone, inBatch].map((requeued) => ({ subject: requeued?.id, actor: keyId, named: true })));
  });
});

describe('a key with a rate limit', () => {
  it('gets the first items of a batch accepted, and no later ones; then everything is 429', async () => {
    const { headers } = await keyWith({ ingestRateLimit: { perSecond: 0.01, burst: 5 } });
    const answer = await postBatch(headers, Array.from({ length: 8 }, () => event()));
    expect((answer.json as { results: { status: number }[] }).results.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
    for (const refused of [await postBatch(headers, [event()]), await post(headers, event())]) {
      expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
      expect(refused.headers.get('ratelimit-policy')).toMatch(/^"key";q=\d+;w=\d+$/);
    }
  });
});

it('a batch larger than the burst gets through when it is repeated from its first 429 on; what has another result keeps it', async () => {
  const { headers } = await keyWith({ ingestRateLimit: { perSecond: 20, burst: 5 }, duplicates: 'conflict' });
  let rest = [{ type: 'no entity' }, ...Array.from({ length: 12 }, () => event(mintId()))];
  const statuses: number[] = [];
  await waitUntil('the whole batch', async () => {
    const answer = await postBatch(headers, rest);
    if (answer.status === 429) return false;
    expect(answer.status).toBe(202);
    const settled = (answer.json as { results: { status: number }[] }).results.map(({ status }) => status).filter((status) => status !== 429);
    statuses.push(...settled);
    rest = rest.slice(settled.length);
    return rest.length === 0;
  });
  expect(statuses).toEqual([400, ...Array.from({ length: 12 }, () => 202)]);
  // No item is accepted, but one is refused for what it is.
  const { headers: dry } = await keyWith({ ingestRateLimit: { perSecond: 0.01, burst: 1 } });
  await post(dry, event());
  expect(await postBatch(dry, [{ type: 'no entity' }, event()])).toMatchObject({ status: 202, json: { results: [{ status: 400 }, { status: 429 }] } });
});

describe('CloudEvents in one array', () => {
  const members = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({ specversion: '1.0', id: mintId(), source: '/orders', type: 'order.created', subject: 'order-ce', data: {}, ...changes });

  it('are accepted one by one, each with its own key, byte for byte', async () => {
    const { headers } = await keyWith({});
    const [first, odd] = [members(), members({ subject: undefined })];
    const answer = await postBatch(headers, [first, odd, first], 'application/cloudevents-batch+json');
    const [{ id } = { id: '' }] = (answer.json as { results: Accepted[] }).results;
    expect(answer).toMatchObject({ status: 202, json: { results: [{ status: 202, replayed: false }, { status: 400, code: 'invalid_request' }, { status: 202, id, replayed: true }] } });
    expect((await client.call('GET', `/v1/events/${id}`, { headers: { 'lockstep-tenant': 'acme' } })).json)
      .toMatchObject({ contentType: 'application/cloudevents+json', payload: first, idempotencyKey: `/orders ${String(first['id'])}` });
    // The same event, posted alone.
    expect(await client.call('POST', '/v1/events', { body: JSON.stringify(first), headers: { ...headers, 'content-type': 'application/cloudevents+json' } })).toMatchObject({ status: 202, json: { id } });
  });

  it('get an answer of bounded size, however much is wrong', async () => {
    const { headers } = await keyWith({});
    const odd = members(Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`N${n}`, 1])));
    const answer = await postBatch(headers, [members(), ...Array.from({ length: 999 }, () => odd)], 'application/cloudevents-batch+json');
    expect((answer.json as { results: unknown[] }).results).toHaveLength(1_000);
    expect(answer.text.length).toBeLessThan(1.5 * 1_048_576);
  });

  it('are refused with a header for one event', async () => {
    const { headers } = await keyWith({});
    expect(await postBatch({ ...headers, 'idempotency-key': 'a' }, [], 'application/cloudevents-batch+json')).toMatchObject({ status: 400, json: { code: 'invalid_idempotency_key' } });
    expect((await postBatch(headers, [], 'application/cloudevents-batch+json')).json).toEqual({ results: [] });
  });
});

it('refusals and duplicates are counted per minute, also those of items', async () => {
  const { id, headers } = await keyWith({});
  const key = mintId();
  await post(headers, event(key));
  await post(headers, event(key));
  await post(headers, { type: 'order.created' });
  await postBatch(headers, [event(key), { type: 'order.created' }, event()]);
  const counts = async (): Promise<Record<string, number>> => {
    const { json } = await client.call('GET', `/v1/rejections?key=${id}`, { headers: { 'lockstep-tenant': 'acme' } });
    const { data } = json as { data: { code: string; count: number }[] };
    return Object.fromEntries([...Map.groupBy(data, ({ code }) => code)].map(([code, rows]) => [code, rows.reduce((sum, { count }) => sum + count, 0)]));
  };
  await waitUntil('two duplicates and two invalid events', async () => Object.values(await counts()).reduce((sum, count) => sum + count, 0) === 4);
  expect(await counts()).toEqual({ duplicate: 2, invalid_request: 2 });
});

it('what a valid key is refused for before its body is read is counted, under its own tenant', async () => {
  await client.send('PUT', '/v1/tenants/closed', {});
  const [reader, closed, poster] = [await keyWith({ scopes: ['read'] }), await keyWith({ tenant: 'closed' }), await keyWith({})];
  await client.send('PUT', '/v1/tenants/closed', { status: 'disabled' });
  await waitUntil('a disabled tenant', async () => (await post(closed.headers, event())).status === 403);
  expect((await post(reader.headers, event())).status).toBe(403);
  expect((await post({ ...poster.headers, 'lockstep-tenant': 'closed' }, event())).status).toBe(403);
  expect((await client.send('POST', '/v1/events', event(), { 'lockstep-tenant': 'nowhere' })).status).toBe(400);
  const counted = async (): Promise<unknown[]> => (await store.query<Record<string, string>>("select tenant, key, code from rejections where code = 'forbidden' or last_detail like '%nowhere%' order by tenant, key = $1", [poster.id])).rows;
  await waitUntil('the counts', async () => (await counted()).length >= 4);
  expect(await counted()).toEqual([
    { tenant: 'acme', key: reader.id, code: 'forbidden' }, { tenant: 'acme', key: poster.id, code: 'forbidden' }, { tenant: 'closed', key: closed.id, code: 'forbidden' }, { tenant: 'default', key: 'admin', code: 'invalid_request' },
  ]);
});
