import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
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
/** Short: a bucket that holds one token is full until somebody comes. */
const PAUSE_MS = 16;

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

/** Takes tokens until `endMs`, for all that has come due since the last time; records those that it got. */
async function demand(limits: IngestLimits, principal: Principal, perSecond: number, endMs: number, uses: TokenUse[]): Promise<void> {
  const startMs = performance.now();
  let asked = 0;
  for (let fromMs = startMs; fromMs < endMs; fromMs = performance.now()) {
    const count = Math.max(1, Math.floor((perSecond * (fromMs - startMs)) / 1_000) - asked);
    asked += count;
    const taking = limits.take(principal, count, 0);
    const { granted } = taking instanceof Promise ? await taking : taking;
    const toMs = performance.now();
    for (let i = 0; i < granted; i++) uses.push({ fromMs, toMs });
    await setTimeout(PAUSE_MS * (0.5 + Math.random()));
  }
}

/** At least twice what the limit allows, of which the first gateway gets a share. */
async function judge(perSecond: number, burst: number, share: number): Promise<{ used: number; allowed: number; excess: number }> {
  const principal = principalOf(perSecond, burst);
  const capacity = Math.max(burst, perSecond / 10);
  const uses: TokenUse[] = [];
  const startMs = performance.now();
  await Promise.all(gateways.flatMap((gateway, i) => Array.from({ length: CLIENTS }, () =>
    demand(gateway.get(IngestLimits), principal, (2 * perSecond * (i === 0 ? share : 1 - share)) / CLIENTS, startMs + SECONDS * 1_000, uses))));
  const seconds = (Math.max(...uses.map(({ toMs }) => toMs)) - startMs) / 1_000;
  return { used: uses.length, allowed: capacity + perSecond * seconds, excess: worstExcess(uses, { capacity, perSecond }) };
}

/** Limits that are judged at the same time: events a second, and at once. */
const GROUPS = [[[1, 1], [10, 2], [10, 10], [100, 20]], [[1_000, 1]], [[1_000, 1_000]], [[5_000, 1_000]]] as const;

describe('two gateways with more events than their limits allow', () => {
  it.each(GROUPS.map((limits) => ({ limits })))('accept at least 98 %% of them, and never more, even and skewed: %j', async ({ limits }) => {
    const judgements = await Promise.all(limits.flatMap(([perSecond, burst]) => [judge(perSecond, burst, 0.5), judge(perSecond, burst, 0.95)]));
    for (const { used, allowed, excess } of judgements) {
      expect(excess).toBeLessThanOrEqual(0);
      expect(used).toBeGreaterThanOrEqual(Math.floor(0.98 * allowed));
    }
  });
});
