import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { SENDERS_PUBLIC_URL, WEBHOOK_SENDERS } from '../fixtures/webhook-senders.js';
import { createSource } from '../fixtures/webhook-sources.js';

const EVENTS = 10;
const ENTITIES = ['a', 'b', 'c'];

let system: SystemUnderTest;
let receiver: Server;
let store: pg.Client;
const received: { source: string; entity: string; sequence: number; body: string }[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const { headers } = request;
      received.push({ source: String(headers['lockstep-source']), entity: String(headers['lockstep-entity']), sequence: Number(headers['lockstep-sequence']), body: Buffer.concat(chunks).toString() });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  system = await SystemUnderTest.start(sharedServers(), { gateways: 2, env: { LOCKSTEP_PUBLIC_URL: SENDERS_PUBLIC_URL } });
  store = new pg.Client(system.databaseUrl);
  await store.connect();
  await system.createEndpoint(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await store.end();
  await system.stop();
  receiver.close();
});

it.each(WEBHOOK_SENDERS)('ten resends of each event of $provider, at once and in bad order over two gateways, end as one event each, in the order of acceptance of its entity', async ({ provider, source, contentType = 'application/json', body, sign }) => {
  const name = `order-${provider}`;
  await createSource((sql, values) => store.query(sql, values), { provider, name, ...source });
  const post = async (entity: string, n: number, gateway: number): Promise<number> => {
    const [text, target] = [body(n, `${provider}-${entity}`), `/in/${name}`];
    const answer = await fetch(`${system.gateways[gateway]?.url}${target}`, { method: 'POST', headers: { 'content-type': contentType, ...sign(Buffer.from(text), target) }, body: text });
    await answer.arrayBuffer();
    return answer.status;
  };
  // Each event ten times, the newest first, the entities side by side.
  const statuses = await Promise.all(Array.from({ length: EVENTS }, (_, i) => EVENTS - 1 - i).flatMap((n) => Array.from({ length: 10 }, (_, resend) => ENTITIES.map((entity) => post(entity, n, resend % 2)))).flat());
  expect(statuses.filter((status) => status < 200 || status > 299)).toEqual([]);
  const { rows: accepted } = await store.query<{ entity: string; payload: Buffer }>('select entity, payload from events where source = $1 order by accept_seq', [name]);
  expect(accepted).toHaveLength(EVENTS * ENTITIES.length);
  await waitUntil('the deliveries', () => received.filter((delivery) => delivery.source === name).length >= accepted.length);
  for (const [entity, events] of Map.groupBy(accepted, (event) => event.entity)) {
    const delivered = received.filter((delivery) => delivery.source === name && delivery.entity === encodeURIComponent(entity));
    expect(delivered.map(({ sequence }) => sequence)).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
    expect(delivered.map((delivery) => delivery.body)).toEqual(events.map(({ payload }) => payload.toString()));
  }
});
