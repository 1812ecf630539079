import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nowMs } from './clock.js';
import { Operator } from './operator.js';

/** Two gateways that answer every call alike. */
let servers: Server[];
/** Method, path and body of each call, with the gateway's number. */
let calls: string[];
/** Calls to refuse before the next one that succeeds. */
let refusals: number;
let operator: Operator;

beforeEach(async () => {
  calls = [];
  refusals = 0;
  servers = [0, 1].map((number) =>
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        calls.push(`${number} ${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`);
        response.writeHead(refusals-- > 0 ? 503 : 200).end('{"id":"ep_1","timeoutMs":15000,"secret":"whsec_a"}');
      });
    }).listen(0, '127.0.0.1'),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const gateways = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  operator = new Operator({ gateways: () => gateways, adminKey: 'key', receiverUrl: 'http://r:1', databaseUrl: '', secretKey: '' });
  await operator.addEndpoint('first');
});

afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
});

describe('Operator', () => {
  it('creates an endpoint in its first generation, and keeps its secret', () => {
    expect(calls).toEqual(['0 POST /v1/endpoints {"url":"http://r:1/hook/first~1","headers":{"chaos-generation":"1"}}']);
    expect(operator.endpoints).toEqual([{ id: 'ep_1', createdAtMs: expect.any(Number), timeoutMs: 15_000 }]);
    expect(operator.endpointNamed('first')).toMatchObject({ id: 'ep_1', secrets: ['whsec_a'] });
  });

  it('creates an endpoint with settings, and knows them', async () => {
    const startsAtMs = nowMs() - 60_000;
    await operator.addEndpoint('second', { rateLimit: { perSecond: 5, burst: 2 }, amountAbove: 50, startsAtMs });
    const { startAt, ...settings } = JSON.parse(calls[1]?.slice('0 POST /v1/endpoints '.length) ?? '') as { startAt: string };
    expect(settings).toEqual({ url: 'http://r:1/hook/second~1', headers: { 'chaos-generation': '1' }, rateLimit: { perSecond: 5, burst: 2 }, filter: '$.data.amount > 50' });
    expect(Math.abs(Date.parse(startAt) - (Date.now() - 60_000))).toBeLessThan(5_000);
    expect(operator.endpoints[1]).toMatchObject({ id: 'ep_1', rateLimit: { perSecond: 5, burst: 2 }, amountAbove: 50, startsAtMs });
    await operator.addEndpoint('third', { startsAtMs: 0 });
    expect(calls[2]).toContain('"startAt":"earliest"');
  });

  it('gives a setting one generation after the other, and records when each change was answered', async () => {
    const beforeMs = nowMs();
    for (const setting of ['url', 'url', 'headers'] as const) expect(await operator.change('first', setting)).toBe(true);
    await operator.pause('first');
    await operator.resume('first');
    expect(calls.slice(1)).toEqual([
      '0 PATCH /v1/endpoints/ep_1 {"url":"http://r:1/hook/first~2"}', '0 PATCH /v1/endpoints/ep_1 {"url":"http://r:1/hook/first~3"}',
      '0 PATCH /v1/endpoints/ep_1 {"headers":{"chaos-generation":"2"}}', '0 POST /v1/endpoints/ep_1/pause ', '0 POST /v1/endpoints/ep_1/resume ',
    ]);
    expect(operator.changes).toMatchObject([
      { setting: 'url', generation: 2 }, { setting: 'url', generation: 3 }, { setting: 'headers', generation: 2 }, { setting: 'status', status: 'paused' }, { setting: 'status', status: 'active' },
    ]);
    const times = [beforeMs, ...operator.changes.flatMap(({ sentAtMs, answeredAtMs }) => [sentAtMs, answeredAtMs]), nowMs()];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('repeats a refused change at the other gateway: it counts from the first call to the last answer', async () => {
    refusals = 1;
    expect(await operator.change('first', 'url')).toBe(false);
    expect(calls.slice(1)).toEqual(['0 PATCH /v1/endpoints/ep_1 {"url":"http://r:1/hook/first~2"}', '1 PATCH /v1/endpoints/ep_1 {"url":"http://r:1/hook/first~2"}']);
    const [change] = operator.changes;
    expect((change?.answeredAtMs ?? 0) - (change?.sentAtMs ?? 0)).toBeGreaterThan(250);
    expect(operator.changes).toHaveLength(1);
  });
});
