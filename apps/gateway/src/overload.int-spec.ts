import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, GatewayClient } from '#dev/testing/gateway-client';
import { waitUntil } from '#dev/testing/wait-until';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

/** More than the limit of 128 and the burst of 896. */
const POSTS = 1_100;

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start();
  ({ client, store } = gateway);
});

afterAll(async () => {
  await gateway.stop();
});

async function storedKeys(): Promise<Set<string>> {
  const { rows } = await store.query<{ key: string }>('select idempotency_key as key from events where idempotency_key is not null');
  return new Set(rows.map(({ key }) => key));
}

describe('more posts than can be committed', () => {
  it('get 503 with Retry-After, unread; only the others are stored, and the gateway recovers', async () => {
    // These open connections and compile code. Then comes the lock, for which ingest waits at most 5 s.
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.post(`order-${i}`)));
    const holder = new pg.Client(gateway.databaseUrl);
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('begin; lock table events in access exclusive mode');
    const answers = new Map<string, Answer>();
    const posts = Promise.all(Array.from({ length: POSTS }, async (_, i) => answers.set(`key-${i}`, await client.post(`order-${i}`, i, { 'idempotency-key': `key-${i}` }))));
    // Nothing is committed, so every answer is a refusal.
    await waitUntil(() => `refusals, have ${answers.size}`, () => answers.size >= POSTS - 1_024);
    const refused = [...answers.keys()];
    // A request with another spelling of the path is read before it is refused.
    for (const path of ['/v1/events', '/v1/%65vents', '/in/some-source', '/stripe/webhook']) {
      const answer = await client.send('POST', path, { type: 'a', entity: 'b', data: 1 });
      expect(answer).toMatchObject({ status: 503, json: { type: 'urn:lockstep:problem:overloaded', code: 'overloaded', status: 503 } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
    // A connection with an unread body is closed.
    const large = await client.post('order-1', 'x'.repeat(300_000));
    expect([large.status, large.headers.get('connection')]).toEqual([503, 'close']);
    expect((await client.get('/health/live')).status).toBe(200);
    await holder.query('rollback');
    await holder.end();
    await posts;

    const codeOf = (key: string): unknown => (answers.get(key)?.json as { code?: unknown }).code;
    // On a busy machine some refusals come only when ingest has given up its wait for the lock.
    expect(refused.map(codeOf)).toContain('overloaded');
    expect(refused.map(codeOf).filter((code) => code !== 'overloaded' && code !== 'store_unavailable')).toEqual([]);
    const accepted = [...answers].filter(([, { status }]) => status === 202).map(([key]) => key);
    const stored = await storedKeys();
    expect(accepted.filter((key) => !stored.has(key))).toEqual([]);
    expect(refused.filter((key) => stored.has(key))).toEqual([]);
    expect(accepted.length).toBeGreaterThan(0);
    // After a timeout the outcome is unknown; the key shows it, see below.
    expect([...answers].filter(([key, { status }]) => status !== 202 && !refused.includes(key) && codeOf(key) !== 'store_unavailable')).toEqual([]);
    await waitUntil('readiness', async () => (await client.get('/health/ready')).status === 200);
    // A repeated post is accepted if it was refused; otherwise it gets the same answer.
    for (const [key, replayed] of [[refused[0] ?? '', null], [accepted[0] ?? '', 'true']] as const) {
      const n = Number(key.slice('key-'.length));
      const again = await client.post(`order-${n}`, n, { 'idempotency-key': key });
      expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, replayed]);
    }
    const { text } = await client.get('/metrics');
    expect(text).toMatch(new RegExp(`^lockstep_requests_rejected_total\\{code="overloaded"\\} ${refused.length + 5}$`, 'm'));
    // Not in the duration of requests.
    const answered = Number(/^lockstep_http_request_duration_seconds_count\{method="POST",route="\/v1\/events",status="503"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    expect(text).toMatch(/^lockstep_requests_shed_total [1-9]/m);
    expect(answered).toBeLessThan(refused.length + 5);
  });
});
