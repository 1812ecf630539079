import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';

/** Long enough that a second more or less at both ends is below two percent. */
const SECONDS = 60;
const LIMIT = { perSecond: 50, burst: 50 };
/** Three times the limit. */
const DEMAND_PER_SECOND = 150;
const TIMEOUT_MS = 120_000;

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

/** Events that Postgres has, of the tenant. */
async function storedEvents(tenant: string): Promise<number> {
  return (await system.query<{ count: number }>(`select count(*)::integer as count from events where tenant = '${tenant}'`))[0]?.count ?? 0;
}

interface Judgement {
  readonly accepted: number;
  readonly refused: number;
  readonly others: number;
  readonly stored: number;
  /** From the first post to the last accepted answer: in no longer time were tokens taken. */
  readonly longestSeconds: number;
  /** From the first accepted answer to the last post: in all of this time there was demand. */
  readonly shortestSeconds: number;
}

/** Posts for a minute. */
async function judge(tenant: string, ...sources: readonly Source[]): Promise<Judgement> {
  const byStatus = new Map<number, number>();
  const startMs = performance.now();
  let [firstAcceptedMs, lastAcceptedMs, lastPostMs] = [Infinity, startMs, startMs];
  const answered = async (posted: Promise<Response>): Promise<void> => {
    const response = await posted;
    const atMs = performance.now();
    await response.arrayBuffer();
    byStatus.set(response.status, (byStatus.get(response.status) ?? 0) + 1);
    if (response.status === 202) [firstAcceptedMs, lastAcceptedMs] = [Math.min(firstAcceptedMs, atMs), Math.max(lastAcceptedMs, atMs)];
  };
  // All that is due is sent at once, however long answers take: the demand keeps its rate on a busy machine.
  const source = async ({ key, gateway, share }: Source): Promise<void> => {
    const answers: Promise<void>[] = [];
    for (let nowMs = startMs; nowMs < startMs + SECONDS * 1_000; nowMs = performance.now()) {
      while (answers.length < ((nowMs - startMs) / 1_000) * DEMAND_PER_SECOND * share) answers.push(answered(post(key, gateway)));
      lastPostMs = nowMs;
      await setTimeout(10);
    }
    await Promise.all(answers);
  };
  await Promise.all(sources.map(source));
  const [accepted = 0, refused = 0] = [byStatus.get(202), byStatus.get(429)];
  const sent = [...byStatus.values()].reduce((sum, count) => sum + count, 0);
  return {
    accepted, refused, others: sent - accepted - refused, stored: await storedEvents(tenant),
    longestSeconds: (lastAcceptedMs - startMs) / 1_000, shortestSeconds: (lastPostMs - firstAcceptedMs) / 1_000,
  };
}

/** Never more than the limit allows in the whole time, and at most two percent less. */
function expectLimited({ accepted, refused, others, stored, longestSeconds, shortestSeconds }: Judgement): void {
  expect({ others, stored }).toEqual({ others: 0, stored: accepted });
  const [most, least] = [LIMIT.burst + LIMIT.perSecond * longestSeconds, LIMIT.burst + LIMIT.perSecond * shortestSeconds];
  expect(accepted).toBeLessThanOrEqual(most);
  expect(accepted).toBeGreaterThanOrEqual(0.98 * least);
  const sent = accepted + refused;
  expect(refused).toBeGreaterThanOrEqual(0.98 * (sent - most));
  expect(refused).toBeLessThanOrEqual(1.02 * (sent - least));
}

describe('a rate limit over two gateways, judged by the answers', () => {
  // At the same time, each with its own tenant.
  it('accepts as much as it allows: of a key, with the same load on both and with 95 % on one, and of a tenant over all its keys', async () => {
    for (const tenant of ['even', 'skewed']) await system.call('PUT', `/v1/tenants/${tenant}`, {});
    const [even, skewed] = [await createKey({ tenant: 'even', ingestRateLimit: LIMIT }), await createKey({ tenant: 'skewed', ingestRateLimit: LIMIT })];
    await system.call('PUT', '/v1/tenants/limited', { ingestRateLimit: LIMIT });
    const [one, other] = [await createKey({ tenant: 'limited' }), await createKey({ tenant: 'limited', ingestRateLimit: { perSecond: 10_000, burst: 10_000 } })];
    const judgements = await Promise.all([
      judge('even', { key: even, gateway: 0, share: 0.5 }, { key: even, gateway: 1, share: 0.5 }),
      judge('skewed', { key: skewed, gateway: 0, share: 0.95 }, { key: skewed, gateway: 1, share: 0.05 }),
      judge('limited', { key: one, gateway: 0, share: 0.4 }, { key: other, gateway: 1, share: 0.4 }, { key: other, gateway: 0, share: 0.2 }),
    ]);
    judgements.forEach(expectLimited);
  }, TIMEOUT_MS);

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
