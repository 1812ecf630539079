import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

/** Requests at a time, over both gateways. */
const CLIENTS = 16;
/** A change that was answered holds at every gateway after this time. */
const BOUND_MS = 1_000;

interface Sent {
  readonly atMs: number;
  readonly status: number;
}

let system: SystemUnderTest;

beforeAll(async () => {
  system = await SystemUnderTest.start(sharedServers(), { gateways: 2, dispatchers: 0 });
});

afterAll(async () => {
  await system.stop();
});

interface ShownKey {
  readonly id: string;
  readonly key: string;
}

/** Clients that post events with a key, without a pause, to both gateways in turn. */
class Load {
  readonly sent: Sent[] = [];
  private stopped = false;
  private readonly clients: Promise<void>[];

  constructor(private readonly key: string) {
    this.clients = Array.from({ length: CLIENTS }, (_, i) => this.run(i));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.clients);
  }

  private async run(client: number): Promise<void> {
    for (let i = client; !this.stopped; i++) {
      const atMs = performance.now();
      const response = await fetch(`${system.gateways[i % 2]?.url}/v1/events`, {
        method: 'POST', headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' }, body: JSON.stringify({ type: 'order.created', entity: `order-${client}`, data: i }),
      });
      await response.arrayBuffer();
      this.sent.push({ atMs, status: response.status });
    }
  }
}

it.each<[string, number, (key: ShownKey) => Promise<unknown>]>([
  ['a revoked key', 401, ({ id }) => system.call('DELETE', `/v1/api-keys/${id}`)],
  ['a key that was rotated without an overlap', 401, ({ id }) => system.call('POST', `/v1/api-keys/${id}/rotate`, { overlap: '0s' })],
  ['a key without its scope', 403, ({ id }) => system.call('PATCH', `/v1/api-keys/${id}`, { scopes: ['read'] })],
  ['a key of a disabled tenant', 403, () => system.call('PUT', '/v1/tenants/acme', { status: 'disabled' })],
])('under load, %s passes at no gateway a second after the answer to the change', async (_, refusal, change) => {
  await system.call('PUT', '/v1/tenants/acme', { status: 'active' });
  const key = (await system.call('POST', '/v1/api-keys', { name: 'Load', scopes: ['ingest'], tenant: 'acme' })) as ShownKey;
  const load = new Load(key.key);
  await waitUntil('accepted events', () => load.sent.filter(({ status }) => status === 202).length > 200);
  await change(key);
  const answeredAtMs = performance.now();
  const late = (): Sent[] => load.sent.filter(({ atMs }) => atMs > answeredAtMs + BOUND_MS);
  await waitUntil('requests after the bound', () => late().length > 200);
  await load.stop();
  expect(new Set(late().map(({ status }) => status))).toEqual(new Set([refusal]));
});

it('under load, a key that memory knows passes while another one changes all the time', async () => {
  const create = async (name: string): Promise<ShownKey> => (await system.call('POST', '/v1/api-keys', { name, scopes: ['ingest'] })) as ShownKey;
  const [steady, changing] = [await create('Steady'), await create('Changing')];
  const load = new Load(steady.key);
  for (let i = 0; i < 50; i++) await system.call('PATCH', `/v1/api-keys/${changing.id}`, { name: `Changing ${i}` });
  await load.stop();
  expect(new Set(load.sent.map(({ status }) => status))).toEqual(new Set([202]));
});
