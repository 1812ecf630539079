import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuzz } from '#dev/testing/fuzz';
import type { GatewayClient } from '#dev/testing/gateway-client';
import { hostileBody, hostileHeader, hostileSegment } from '#dev/testing/hostile-input';
import { faultOf, requestBytes, sendRaw } from '#dev/testing/raw-http';
import { toPublicId } from '#domain/ids';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';
import { SENDERS_PUBLIC_URL, WEBHOOK_SENDERS, type WebhookSender } from '../fixtures/webhook-senders.js';
import { createSource } from '../fixtures/webhook-sources.js';

/** How long the search for a request that breaks a provider takes, for each of them. */
const SEARCH_MS = 2_000;
const MOST_RUNS = 5_000;

let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start({ KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_PUBLIC_URL: SENDERS_PUBLIC_URL });
  ({ client } = gateway);
});

afterAll(async () => {
  await gateway.stop();
});

/** Requests of a provider: most of them signed, with a mutated body and some headers that nobody expects. */
function requestsOf({ provider, body, sign, contentType = 'application/json' }: WebhookSender): fc.Arbitrary<Buffer> {
  const valid = body(1, 'a');
  const members = contentType === 'application/json' ? (JSON.parse(valid) as Record<string, unknown>) : Object.fromEntries(new URLSearchParams(valid));
  const bodies = fc.oneof(hostileBody(members), fc.constant(Buffer.from(valid)), fc.array(fc.tuple(hostileSegment, hostileSegment), { maxLength: 4 }).map((pairs) => Buffer.from(pairs.map((pair) => pair.join('=')).join('&'))));
  const target = fc.oneof({ weight: 8, arbitrary: fc.constant(`/in/fuzz-${provider}`) }, hostileSegment.map((query) => `/in/fuzz-${provider}?${query}`), hostileSegment.map((name) => `/in/${name}`));
  return fc.tuple(fc.constantFrom('POST', 'POST', 'POST', 'PUT'), target, bodies, fc.array(hostileHeader, { maxLength: 2 }), fc.integer({ min: 0, max: 20 })).map(([method, sentTo, bytes, extra, left]) => {
    const sent = Buffer.from(bytes);
    const usual: [string, string][] = [...Object.entries(sign(sent, sentTo)), ['host', 'hooks.example.com'], ['content-type', contentType], ['content-length', String(sent.length)]];
    return requestBytes(method, sentTo, [...usual.filter((_, i) => i !== left), ...extra, ['connection', 'close']], sent);
  });
}

it.each(WEBHOOK_SENDERS)('answers every request of $provider, however mutated, and never with a 5xx', async (sender) => {
  const { provider, source } = sender;
  const id = await createSource((sql, values) => gateway.store.query(sql, values), { provider, name: `fuzz-${provider}`, ...source });
  const answers: Record<number, number> = {};
  await fuzz(fc.array(requestsOf(sender), { minLength: 1, maxLength: 25, size: 'max' }), async (group) => {
    await Promise.all(group.map(async (bytes) => {
      const answer = await sendRaw(client.url, bytes);
      answers[answer?.status ?? 0] = (answers[answer?.status ?? 0] ?? 0) + 1;
      const fault = faultOf(answer, 'POST');
      if (fault !== undefined) throw new Error(fault);
    }));
  }, { mostRuns: MOST_RUNS, searchMs: SEARCH_MS });
  process.stderr.write(`answers by status: ${JSON.stringify(answers)}\n`);
  const { rows } = await gateway.store.query<{ id: string }>('select id from events where accepted_by = $1 limit 250', [id]);
  // The signature of some was right, and what was accepted can be shown.
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect((await client.get(`/v1/events/${toPublicId('evt', row.id)}`)).status).toBe(200);
});
