import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { GatewayClient } from '#dev/testing/gateway-client';
import { GatewayUnderTest, GatewayWithStore } from '../fixtures/gateway-under-test.js';

const ENV = { KAFKA_BROKERS: '127.0.0.1:1', STRIPE_WEBHOOK_SECRET: 'whsec_environment', WEBHOOKSECRET: 'environment' };

let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start(ENV);
  ({ client } = gateway);
});

afterAll(async () => {
  await gateway.stop();
});

interface Source {
  readonly id: string;
  readonly name: string;
  readonly secrets: readonly unknown[];
}

async function listed(): Promise<readonly Source[]> {
  return ((await client.get('/v1/sources')).json as { data: Source[] }).data;
}

it('a gateway that starts has the sources of its environment, and the next one changes nothing', async () => {
  const before = await listed();
  expect(before).toMatchObject([{ name: 'webhooks', provider: 'hmac' }, { name: 'stripe', provider: 'stripe', url: expect.stringMatching(/^\/in\/src_/) as unknown }]);
  const second = await GatewayUnderTest.start(gateway.databaseUrl, { ...ENV, LOCKSTEP_PUBLIC_URL: 'https://hooks.example.com' });
  const { json } = await second.client.get(`/v1/sources/${before[1]?.id}`);
  await second.stop();
  expect(json).toEqual({ ...before[1], url: `https://hooks.example.com/in/${before[1]?.id}`, kafka: null });
  expect(await listed()).toEqual(before);
});

it('a source goes from creation over changes to deletion', async () => {
  const created = await client.send('POST', '/v1/sources', { name: 'stripe-eu', provider: 'stripe', secrets: ['whsec_first'] });
  const source = created.json as Source;
  const path = `/v1/sources/${source.id}`;
  expect([created.status, created.headers.get('location')]).toEqual([201, path]);
  expect(await client.get(path)).toMatchObject({ status: 200, json: source });
  expect(await client.send('POST', '/v1/sources', { name: 'stripe-eu', provider: 'stripe', secrets: ['whsec_first'] })).toMatchObject({ status: 409, json: { code: 'conflict', errors: [{ path: '/name' }] } });
  expect(await client.send('PATCH', path, { status: 'disabled' })).toMatchObject({ status: 200, json: { status: 'disabled', state: 'disabled' } });
  expect(await client.send('POST', `${path}/rotate-secret`, { secret: 'whsec_second' })).toMatchObject({ status: 200, json: { secrets: [{ expiresAt: null }, { expiresAt: expect.any(String) as unknown }] } });
  expect(await client.get(`${path}/stats`)).toMatchObject({ status: 200, json: { step: '1h', outcomes: [], steps: [] } });
  expect((await client.call('DELETE', path)).status).toBe(204);
  for (const method of ['GET', 'DELETE']) expect(await client.call(method, path)).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect(JSON.stringify([created, await listed(), await client.get('/v1/audit')])).not.toMatch(/whsec_|first|second|environment"/);
});

it.each([
  ['POST', '/v1/sources', { name: 'a', provider: 'stripe', secrets: ['sk_live'], settings: { colour: 'red' } }, ['/settings/colour', '/secrets/0']],
  ['POST', '/v1/sources', { name: 'src_a', provider: 'carrier-pigeon' }, ['/name', '/provider']],
  ['POST', '/v1/sources', { name: 'a', provider: 'stripe', secrets: ['whsec_a'], settings: { entity: 'a\u0000' } }, ['/settings']],
  ['POST', '/v1/sources', { name: 'a', provider: 'twilio', secrets: ['token'] }, ['/provider']],
  ['POST', '/v1/sources', { name: 'a', provider: 'square', secrets: ['key'] }, ['/provider']],
  ['POST', '/v1/sources', { name: 'a', provider: 'hmac', secrets: ['key'], settings: { signedContent: '{url}{body}' } }, ['/provider']],
  ['PATCH', 'stripe', { provider: 'github', secrets: [] }, ['/provider', '/secrets']],
  ['POST', 'stripe/rotate-secret', {}, ['']],
  ['POST', 'stripe/rotate-secret', { secret: 'sk_live' }, ['/secret']],
] as const)('%s %s with %j is refused, and says where', async (method, to, body, paths) => {
  const stripe = (await listed()).find(({ name }) => name === 'stripe');
  const path = to.startsWith('/') ? to : to.replace('stripe', `/v1/sources/${stripe?.id}`);
  expect(await client.send(method, path, body)).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: paths.map((each) => ({ path: each })) } });
});
