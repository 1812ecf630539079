import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { fuzz } from '#dev/testing/fuzz';
import type { Answer, GatewayClient } from '#dev/testing/gateway-client';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.js';

/** After an answer to a change, every gateway acts on it. */
const HOLDS_AFTER_MS = 1_000;

let database: TestDatabase;
let store: pg.Client;
const gateways: GatewayUnderTest[] = [];
let client: GatewayClient;
let other: GatewayClient;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  gateways.push(await GatewayUnderTest.start(database.url), await GatewayUnderTest.start(database.url));
  [client, other] = gateways.map((gateway) => gateway.client) as [GatewayClient, GatewayClient];
  await store.query("insert into tenants (id) values ('acme')");
});

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await store.end();
  await database.drop();
});

const schema = { properties: { data: { required: ['amount'] } } };
const put = (settings: unknown, name: string, headers = {}): Promise<Answer> => client.send('PUT', `/v1/event-types/${name}`, settings, headers);
const post = (at: GatewayClient): Promise<Answer> => at.send('POST', '/v1/events', { type: 'order.created', entity: 'order-1', data: {} });

it('acts on a change within a second after its answer, at every gateway', async () => {
  for (const [settings, status] of [[{ schema }, 400], [{ schema, enforce: 'off' }, 202], [{ schema }, 400], [undefined, 202]] as const) {
    if (settings === undefined) await client.call('DELETE', '/v1/event-types/order.created');
    else await put(settings, 'order.created');
    const answeredAt = performance.now();
    // Posted all the time: a gateway that has just read has the longest to go.
    const late: number[] = [];
    while (performance.now() - answeredAt < HOLDS_AFTER_MS + 300) {
      const sentAt = performance.now();
      const answers = await Promise.all([post(client), post(other)]);
      if (sentAt - answeredAt > HOLDS_AFTER_MS) late.push(...answers.map((answer) => answer.status).filter((each) => each !== status));
    }
    expect(late).toEqual([]);
  }
});

it('answers any settings with 2xx or 4xx', async () => {
  const keyword = fc.constantFrom('type', 'properties', 'items', 'allOf', 'not', '$ref', '$dynamicRef', '$id', '$anchor', '$defs', 'enum', 'const', 'required', 'pattern', 'format', 'unevaluatedProperties', 'maxLength', '__proto__', 'a');
  const leaf = fc.oneof(fc.constantFrom<unknown>('#', '#a', 'object', '^(a+)+$', '(?=a)', 'uuid', 'https://example.com/', 1, -1, 1e308, true, null), fc.string({ unit: 'binary' }));
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({ json: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('json'), { maxLength: 3 }), fc.dictionary(keyword, tie('json'), { maxKeys: 4 })) }));
  const settings = fc.record({ schema: fc.oneof(fc.dictionary(keyword, json, { maxKeys: 5 }), json), description: fc.string({ unit: 'binary' }), enforce: fc.constantFrom<unknown>('reject', 'off', 1), deprecated: fc.constantFrom<unknown>(true, 'x') }, { requiredKeys: [] });
  const answers: Record<number, number> = {};
  await fuzz(fc.tuple(fc.constantFrom('a', 'b', 'c.d', '%00', '%', '..'), settings), async ([of, body]) => {
    const { status } = await put(body, of, { 'lockstep-tenant': 'acme' });
    answers[status] = (answers[status] ?? 0) + 1;
    expect(status).toBeLessThan(500);
    if (status >= 300) return;
    expect((await client.call('GET', `/v1/event-types/${of}`, { headers: { 'lockstep-tenant': 'acme' } })).status).toBe(200);
  }, { mostRuns: 400, searchMs: 3_000 });
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['201', '400']));
});
