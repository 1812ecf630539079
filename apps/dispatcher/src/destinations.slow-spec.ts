import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const SECRET = 'shared-with-the-sender';

let named: Receiver;
let subscribed: Receiver;
let system: SystemUnderTest;

beforeEach(async () => {
  [named, subscribed] = await Promise.all([Receiver.start(), Receiver.start()]);
});

afterEach(async () => {
  await system.stop();
  await Promise.all([named.stop(), subscribed.stop()]);
});

/** Sends a signed webhook; returns the event's id. */
async function send(round: number, destination: string | undefined): Promise<string> {
  const body = JSON.stringify({ type: 'order.changed', entity: `order-${round % 5}`, data: { round } });
  const headers = { 'content-type': 'application/json', 'x-webhook-signature': createHmac('sha256', SECRET).update(body).digest('hex') };
  const response = await fetch(`${system.gateways[0]?.url}/webhooks`, { method: 'POST', body, headers: destination === undefined ? headers : { ...headers, 'x-destination-url': destination } });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: string }).id;
}

it('delivers an event that names a destination there only, in order, and other events to those that subscribe to their type', async () => {
  system = await SystemUnderTest.start(sharedServers());
  await system.createEndpoint(subscribed.url);
  await system.call('POST', '/v1/sources', { name: 'webhooks', provider: 'hmac', secrets: [SECRET], settings: { destinations: ['http://127.0.0.1:*/hook'] } });
  const [toNamed, toSubscribed] = [new Set<string>(), new Set<string>()];
  for (let round = 0; round < 40; round++) {
    if (round % 2 === 0) toNamed.add(await send(round, named.url));
    else toSubscribed.add(await send(round, undefined));
    toSubscribed.add((await system.post(`order-${round % 5}`, { round })).id);
  }
  await waitUntil('all events delivered', () => named.delivered.size >= toNamed.size && subscribed.delivered.size >= toSubscribed.size);
  expect([named.delivered, subscribed.delivered]).toEqual([toNamed, toSubscribed]);
  expect([findingsIn(named.arrivals), findingsIn(subscribed.arrivals)]).toEqual([[], []]);
  const rounds = new Map<string, number>();
  for (const { entity, body } of named.arrivals) {
    const { round } = (JSON.parse(body) as { data: { round: number } }).data;
    expect(round).toBeGreaterThan(rounds.get(entity) ?? -1);
    rounds.set(entity, round);
  }
});
