import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { type TokenUse, worstExcess } from '#dev/testing/token-bucket-model';
import { type Principal, USUAL_INGEST } from '#ground/http/principal';
import { IngestLimits } from './ingest-limits.js';
import { RateLimitsModule } from './rate-limits.module.js';

const SECONDS = 8;
/** Posts under way at once, so that the demand has no gaps while one waits for a statement. */
const CLIENTS = 16;

let database: TestDatabase;
let gateways: TestingModule[];

beforeAll(async () => {
  database = await createTestDatabase();
  gateways = await Promise.all([1, 2].map(() => testModules(database.url, [RateLimitsModule]).compile()));
  gateways.forEach((gateway) => gateway.get(IngestLimits).start());
});

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.get(IngestLimits).stop()));
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await database.drop();
});

function principalOf(perSecond: number, burst: number): Principal {
  const limits = [{ bucket: `key/${randomUUID()}`, perSecond, burst }];
  return { tenant: 'default', actor: { type: 'key', id: 'key_1', name: 'Test' }, scopes: new Set(['ingest']), ingest: { ...USUAL_INGEST, limits } };
}

/** Takes tokens with pauses, until `endMs`; records those that it got. */
async function demand(limits: IngestLimits, principal: Principal, pauseMs: number, endMs: number, uses: TokenUse[]): Promise<void> {
  while (performance.now() < endMs) {
    const fromMs = performance.now();
    const taking = limits.take(principal, 1, 0);
    const { granted } = taking instanceof Promise ? await taking : taking;
    if (granted > 0) uses.push({ fromMs, toMs: performance.now() });
    await new Promise((resolve) => (pauseMs > 0 ? setTimeout(resolve, pauseMs) : setImmediate(resolve)));
  }
}

/** Twice the demand of the limit, of which the first gateway gets a share. */
async function judge(perSecond: number, burst: number, share: number): Promise<{ used: number; allowed: number; excess: number }> {
  const principal = principalOf(perSecond, burst);
  const uses: TokenUse[] = [];
  const startMs = performance.now();
  const pauseMs = (of: number): number => Math.min((1_000 * CLIENTS) / (2 * perSecond * of), 200);
  const clients = gateways.flatMap((gateway, i) => Array.from({ length: CLIENTS }, () => demand(gateway.get(IngestLimits), principal, pauseMs(i === 0 ? share : 1 - share), startMs + SECONDS * 1_000, uses)));
  await Promise.all(clients);
  const seconds = (Math.max(...uses.map(({ toMs }) => toMs)) - startMs) / 1_000;
  return { used: uses.length, allowed: Math.max(burst, perSecond / 10) + perSecond * seconds, excess: worstExcess(uses, { capacity: Math.max(burst, perSecond / 10, 1), perSecond }) };
}

describe('two gateways with more events than a limit allows', () => {
  it.each([
    [1, 1], [10, 1], [10, 10], [100, 20], [1_000, 1], [1_000, 1_000], [5_000, 1_000],
  ])('accept at least 98 %% of %i/s with burst %i, and never more, even and skewed', async (perSecond, burst) => {
    const judgements = await Promise.all([judge(perSecond, burst, 0.5), judge(perSecond, burst, 0.95)]);
    for (const { used, allowed, excess } of judgements) {
      expect(excess).toBeLessThanOrEqual(0);
      expect(used).toBeGreaterThanOrEqual(Math.floor(0.98 * allowed));
    }
  });
});
