import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryId, mintId } from '#domain/ids';
import type { Backend } from '../fixtures/backend.js';
import { type Client, newKey, replayed } from '../fixtures/client.js';
import { ProxyUnderTest } from '../fixtures/proxy-under-test.js';

let proxy: ProxyUnderTest;
let backend: Backend;
let client: Client;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start([{ path: '/hook', mode: 'webhook', refuseRegressed: true }, { path: '/any-order', mode: 'webhook' }]);
  ({ backend, client } = proxy);
});

afterAll(async () => {
  await proxy.close();
});

beforeEach(() => {
  backend.reset();
});

describe('a webhook route', () => {
  const delivery = (sequence: number, eventId = mintId(), extra: Record<string, string> = {}): { method: string; headers: Record<string, string>; body: string } => ({
    method: 'POST', body: '{}',
    headers: { 'webhook-id': `evt_${eventId.replaceAll('-', '')}`, 'lockstep-delivery': deliveryId({ eventId, endpoint: 1, replay: 0 }), 'lockstep-entity': 'order-1', 'lockstep-sequence': String(sequence), 'webhook-signature': newKey(), ...extra },
  });

  it('passes each delivery on until the receiver takes it', async () => {
    const eventId = mintId();
    backend.respond = (_call, response) => void response.writeHead(404).end();
    expect((await client.ask('/hook', delivery(1, eventId))).status).toBe(404);
    backend.respond = backend.usual;
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await client.ask('/hook', delivery(1, eventId)));
    expect(answers.map((answer) => [answer.status, replayed(answer)])).toEqual([[201, false], [201, true], [201, true]]);
    expect(backend.calls.length).toBe(2);
  });

  it('refuses an older event after a newer one, except repeats and replays', async () => {
    const [second, third] = [mintId(), mintId()];
    expect((await client.ask('/hook', delivery(12, second))).status).toBe(201);
    expect((await client.ask('/hook', delivery(13, third))).status).toBe(201);
    expect(await client.ask('/hook', delivery(11))).toMatchObject({ status: 409, code: 'sequence_regressed' });
    expect(replayed(await client.ask('/hook', delivery(12, second)))).toBe(true);
    expect((await client.ask('/hook', delivery(10, mintId(), { 'lockstep-replay': 'true' }))).status).toBe(201);
    expect((await client.ask('/hook', delivery(1, mintId(), { 'lockstep-entity': 'order-2' }))).status).toBe(201);
  });

  it('accepts any order by default, and uses the id of any webhook as the key', async () => {
    expect([(await client.ask('/any-order', delivery(2))).status, (await client.ask('/any-order', delivery(1))).status]).toEqual([201, 201]);
    const headers = { 'webhook-id': `msg_${newKey()}` };
    expect([replayed(await client.ask('/any-order', { headers, body: '{}' })), replayed(await client.ask('/any-order', { headers, body: '{}' }))]).toEqual([false, true]);
    expect(backend.calls.length).toBe(3);
  });

  it('a delivery that the receiver refuses does not move the lane, so a forged number cannot close it', async () => {
    const send = async (sequence: number): Promise<number> => (await client.ask('/hook', delivery(sequence, mintId(), { 'lockstep-entity': 'order-3' }))).status;
    backend.respond = (_call, response) => void response.writeHead(401).end();
    expect(await send(999_999_999_999_999)).toBe(401);
    backend.respond = backend.usual;
    expect([await send(1), await send(2), await send(1)]).toEqual([201, 201, 409]);
  });
});
