import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { apiPosting } from './posting.js';
import { PostingClient } from './posting-client.js';

/** Keys that the two gateways share. */
const known = new Set<string>();
/** By gateway: number of requests. */
const requests: number[] = [];
let servers: Server[];
let client: PostingClient;
let refusals: number;

beforeEach(async () => {
  known.clear();
  refusals = 0;
  servers = [0, 1].map((number) =>
    createServer((request, response) => {
      requests[number] = (requests[number] ?? 0) + 1;
      request.resume();
      if (refusals-- > 0) return void response.writeHead(429).end();
      const key = String(request.headers['idempotency-key']);
      if (known.has(key)) response.setHeader('idempotent-replayed', 'true');
      known.add(key);
      response.writeHead(202).end(JSON.stringify({ id: `evt_${key}` }));
    }).listen(0, '127.0.0.1'),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  requests.splice(0, 2, 0, 0);
  client = new PostingClient(servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`), apiPosting('key'));
});

afterEach(async () => {
  await client.close();
  for (const server of servers) server.close();
});

describe('PostingClient', () => {
  it('tries one gateway after the other until one accepts', async () => {
    refusals = 1;
    const { tries } = await client.post('e', 'k', 0, new AbortController().signal);
    expect(tries.map(({ answer }) => answer)).toEqual([{ kind: 'refused', status: 429 }, { kind: 'accepted', eventId: 'evt_"k"', replayed: false }]);
    expect(requests).toEqual([1, 1]);
  });

  it('posts every twentieth accepted event once more, at the next gateway', async () => {
    const events = [];
    for (let i = 0; i < 40; i++) events.push(await client.post('e', `k${i}`, 0, new AbortController().signal));
    const again = events.filter(({ tries }) => tries.length === 2);
    expect(again.map(({ key }) => key)).toEqual(['k19', 'k39']);
    expect(again.map(({ tries }) => tries[1]?.answer)).toEqual(again.map(({ key }) => ({ kind: 'accepted', eventId: `evt_"${key}"`, replayed: true })));
    expect(requests).toEqual([40, 2]);
  });
});
