import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';

const SECONDS = 8;
const LIMIT = { perSecond: 50, burst: 50 };
/** Three times the limit. */
const DEMAND_PER_SECOND = 150;

/** Who posts to which gateway, and how much of the demand. */
interface Source {
  readonly key: string;
  readonly gateway: number;
  readonly share: number;
}

let system: SystemUnderTest;
let entities = 0;

beforeAll(async () => {
  system = await SystemUnderTest.start(sharedServers(), { gateways: 2, dispatchers: 0 });
});

afterAll(async () => {
  await system.stop();
});

async function createKey(fields: Record<string, unknown> = {}): Promise<string> {
  return ((await system.call('POST', '/v1/api-keys', { name: 'Producer', scopes: ['ingest'], ...fields })) as { key: string }).key;
}

function post(key: string, gateway: number): Promise<Response> {
  return fetch(`${system.gateways[gateway]?.url}/v1/events`, {
    method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'order.created', entity: `order-${entities++}`, data: {} }),
  });
}

async function storedEvents(): Promise<number> {
  return (await system.query<{ count: number }>('select count(*)::integer as count from events'))[0]?.count ?? 0;
}

/** Posts for some seconds. Returns the answers by status, and what the limit allows in that time. */
async function judge(...sources: readonly Source[]): Promise<{ accepted: number; refused: number; others: number; allowed: number; stored: number }> {
  const before = await storedEvents();
  const byStatus = new Map<number, number>();
  const startMs = performance.now();
  // All that is due is sent at once, however long answers take: the demand keeps its rate on a busy machine.
  const source = async ({ key, gateway, share }: Source): Promise<void> => {
    const answers: Promise<void>[] = [];
    for (let nowMs = startMs; nowMs < startMs + SECONDS * 1_000; nowMs = performance.now()) {
      while (answers.length < ((nowMs - startMs) / 1_000) * DEMAND_PER_SECOND * share) {
        answers.push(post(key, gateway).then(async (response) => {
          await response.arrayBuffer();
          byStatus.set(response.status, (byStatus.get(response.status) ?? 0) + 1);
        }));
      }
      await setTimeout(10);
    }
    await Promise.all(answers);
  };
  await Promise.all(sources.map(source));
  const seconds = (performance.now() - startMs) / 1_000;
  const [accepted = 0, refused = 0] = [byStatus.get(202), byStatus.get(429)];
  const sent = [...byStatus.values()].reduce((sum, count) => sum + count, 0);
  // Nothing is sent afterwards: waiting for the last answers is no demand.
  return { accepted, refused, others: sent - accepted - refused, allowed: LIMIT.burst + LIMIT.perSecond * Math.min(seconds, SECONDS), stored: (await storedEvents()) - before };
}

/** Never more than the limit allows in the whole time, and at most two percent less. */
function expectLimited({ accepted, refused, others, allowed, stored }: Awaited<ReturnType<typeof judge>>): void {
  expect({ others, stored }).toEqual({ others: 0, stored: accepted });
  expect(accepted).toBeLessThanOrEqual(1.02 * allowed);
  expect(accepted).toBeGreaterThanOrEqual(0.98 * allowed);
  const expectedRefusals = accepted + refused - allowed;
  expect(Math.abs(refused - expectedRefusals)).toBeLessThanOrEqual(0.02 * expectedRefusals);
}

describe('a rate limit over two gateways, judged by the answers', () => {
  it('of a key accepts as much as it allows, with the same load on both', async () => {
    const key = await createKey({ ingestRateLimit: LIMIT });
    expectLimited(await judge({ key, gateway: 0, share: 0.5 }, { key, gateway: 1, share: 0.5 }));
  });

  it('of a key accepts as much as it allows, with 95 % of the load on one', async () => {
    const key = await createKey({ ingestRateLimit: LIMIT });
    expectLimited(await judge({ key, gateway: 0, share: 0.95 }, { key, gateway: 1, share: 0.05 }));
  });

  it('of a tenant counts the events of all its keys', async () => {
    await system.call('PUT', '/v1/tenants/limited', { ingestRateLimit: LIMIT });
    const [one, other] = [await createKey({ tenant: 'limited' }), await createKey({ tenant: 'limited', ingestRateLimit: { perSecond: 10_000, burst: 10_000 } })];
    expectLimited(await judge({ key: one, gateway: 0, share: 0.4 }, { key: other, gateway: 1, share: 0.4 }, { key: other, gateway: 0, share: 0.2 }));
  });

  it('tells what is left, and when to try again', async () => {
    await system.call('PUT', '/v1/tenants/told', { ingestRateLimit: { perSecond: 50, burst: 100 } });
    const key = await createKey({ tenant: 'told', ingestRateLimit: { perSecond: 0.05, burst: 2 } });
    const answers = [await post(key, 0), await post(key, 1), await post(key, 0)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-policy'))).toEqual(Array(3).fill('"key";q=2;w=40, "tenant";q=100;w=2'));
    expect(answers.map(({ headers }) => headers.get('ratelimit'))).toEqual([
      expect.stringMatching(/^"key";r=1;t=20, "tenant";r=\d+;t=1$/), expect.stringMatching(/^"key";r=0;t=20, "tenant";r=\d+;t=1$/), expect.stringMatching(/^"key";r=0;t=(?:19|20), "tenant";r=\d+;t=1$/),
    ]);
    expect(answers[2]?.headers.get('retry-after')).toMatch(/^(?:19|20)$/);
    expect(await answers[2]?.json()).toMatchObject({ type: 'urn:lockstep:problem:rate_limited', code: 'rate_limited', status: 429 });
    const unlimited = await fetch(`${system.gateways[0]?.url}/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${await createKey()}`, 'content-type': 'application/json' }, body: '{"type":"a","entity":"b","data":1}' });
    expect([unlimited.status, unlimited.headers.get('ratelimit')]).toEqual([202, null]);
  });
});
