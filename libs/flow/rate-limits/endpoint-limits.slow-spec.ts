import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { type TokenUse, worstExcess } from '#dev/testing/token-bucket-model';
import { EndpointLimits } from './endpoint-limits.js';
import { EndpointLimitsModule } from './endpoint-limits.module.js';

const SECONDS = 8;
const SLOTS = 64;

let database: TestDatabase;
let dispatchers: TestingModule[];

beforeAll(async () => {
  database = await createTestDatabase();
  dispatchers = await Promise.all([1, 2, 3, 4].map(() => testModules(database.url, [EndpointLimitsModule]).compile()));
  dispatchers.forEach((dispatcher) => dispatcher.get(EndpointLimits).start());
});

afterAll(async () => {
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.get(EndpointLimits).stop()));
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
  await database.drop();
});

/** A backlog at the first dispatchers of an endpoint of its own; notes when requests are written. */
async function judge(perSecond: number, burst: number, processes: number): Promise<{ share: number; excess: number }> {
  const endpoint = randomInt(1, 1_000_000);
  const uses: TokenUse[] = [];
  let isOver = false;
  const startMs = performance.now();
  for (const dispatcher of dispatchers.slice(0, processes)) {
    const pump = (): void => {
      for (let permit = isOver ? undefined : tokens.take(SLOTS, 1_000); permit !== undefined; permit = tokens.take(SLOTS, 1_000)) {
        const atMs = performance.now();
        if (permit.use()) uses.push({ fromMs: atMs, toMs: performance.now() });
      }
    };
    const tokens = dispatcher.get(EndpointLimits).of(endpoint, { perSecond, burst }, pump);
    pump();
  }
  await setTimeout(SECONDS * 1_000);
  isOver = true;
  const seconds = (performance.now() - startMs) / 1_000;
  return { share: uses.length / (burst + perSecond * seconds), excess: worstExcess(uses, { capacity: burst, perSecond }) };
}

/** Limits that are judged at the same time: tokens a second, at once, and the share of them that is used at least. */
const GROUPS = [
  // With one token at once, the time of a statement and a report is lost with each.
  [[1, 1, 0.85], [20, 1, 0.7], [20, 20, 0.9], [100, 10, 0.9], [500, 25, 0.9]],
  [[2_000, 100, 0.9]],
  [[2_000, 2_000, 0.9]],
] as const;

describe('dispatchers with more requests than their limits allow', () => {
  it.each([1, 4].flatMap((processes) => GROUPS.map((limits) => ({ processes, limits }))))('write no more, and use most of them: %j', async ({ processes, limits }) => {
    await Promise.all(limits.map(async ([perSecond, burst, least]) => {
      const { share, excess } = await judge(perSecond, burst, processes);
      expect(excess).toBeLessThanOrEqual(0);
      expect(share).toBeGreaterThanOrEqual(least);
    }));
  }, 60_000);
});
