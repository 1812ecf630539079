import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, GatewayClient } from '#dev/testing/gateway-client';
import { waitUntil } from '#dev/testing/wait-until';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start();
  ({ client, store } = gateway);
  await store.query("insert into tenants (id) values ('acme'), ('other')");
});

afterAll(async () => {
  await gateway.stop();
});

async function withLock<Result>(tables: string, work: () => Promise<Result>): Promise<Result> {
  const holder = new pg.Client(gateway.databaseUrl);
  await holder.connect();
  await holder.query(`begin; lock table ${tables} in access exclusive mode`);
  try {
    return await work();
  } finally {
    await holder.end();
  }
}

async function statementsOf(pool: string): Promise<number> {
  const { rows } = await store.query("select from pg_stat_activity where application_name = $1 and datname = current_database() and wait_event_type = 'Lock'", [`lockstep-gateway-${pool}`]);
  return rows.length;
}

describe('slow list queries', () => {
  it('delay neither health nor ingest nor other requests, and end with a 503 that says what to do', async () => {
    const paths = ['/v1/deliveries', '/v1/dead-letters', '/v1/lanes', '/v1/deliveries?status=dead'];
    // Lists read deliveries; ingest and the endpoints' routes don't.
    await withLock('deliveries', async () => {
      const slow = Promise.all(['acme', 'other'].flatMap((tenant) => paths.map((path) => client.call('GET', path, { headers: { 'lockstep-tenant': tenant } }))));
      await waitUntil('four statements that wait', async () => (await statementsOf('lists')) === 4);
      for (let i = 0; i < 3; i++) {
        expect((await client.get('/health/ready')).status).toBe(200);
        expect((await client.post('order-1', i)).status).toBe(202);
        expect((await client.send('POST', '/v1/endpoints', { url: 'https://example.com/' })).status).toBe(201);
      }
      const answers = await slow;
      expect(new Set(answers.map(({ status, json, headers }) => `${status} ${(json as { code: string }).code} ${headers.get('retry-after')}`))).toEqual(new Set(['503 overloaded 5']));
      const details = answers.map(({ json }) => (json as { detail: string }).detail);
      expect(details.filter((detail) => /give `(?:entity|endpoint)`/.test(detail))).toHaveLength(8);
      expect(details).toContainEqual(expect.stringMatching(/^There is too much to read in the time of a request/));
    });
    expect((await client.get('/v1/deliveries')).status).toBe(200);
  });

  it("leave half of the connections to other tenants, and refuse a tenant's requests beyond its queue at once", async () => {
    const refused: number[] = [];
    let slow: Promise<unknown> = Promise.resolve();
    await withLock('deliveries', async () => {
      slow = Promise.all(Array.from({ length: 30 }, async () => {
        const { status } = await client.call('GET', '/v1/deliveries', { headers: { 'lockstep-tenant': 'acme' } });
        refused.push(status);
      }));
      await waitUntil('refusals', () => refused.length >= 30 - 2 - 16);
      await waitUntil('two statements that wait', async () => (await statementsOf('lists')) === 2);
      expect(new Set(refused)).toEqual(new Set([503]));
      // Events are not locked.
      expect((await client.call('GET', '/v1/events', { headers: { 'lockstep-tenant': 'other' } })).status).toBe(200);
    });
    await slow;
  });

  it('do not delay health while the requests for single resources wait, too', async () => {
    let slow: Promise<Answer[]> = Promise.resolve([]);
    await withLock('endpoints', async () => {
      slow = Promise.all(Array.from({ length: 12 }, () => client.get('/v1/endpoints/ep_00000000000070008000000000000000')));
      await waitUntil('the pool is in use', async () => (await statementsOf('api')) === 4);
      expect((await client.get('/health/ready')).status).toBe(200);
    });
    expect(new Set((await slow).map(({ status }) => status))).toEqual(new Set([404]));
  });
});
