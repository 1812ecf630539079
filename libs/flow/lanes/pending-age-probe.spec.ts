import { afterEach, expect, it, jest } from '@jest/globals';
import pino from 'pino';
import { register } from 'prom-client';
import { OpenShards } from './open-shards.js';
import { PendingAgeProbe } from './pending-age-probe.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('asks Postgres less often the longer the answer takes, also when it exceeds its time', async () => {
  let nowMs = 1_000;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const asked: number[] = [];
  let takesMs = 10;
  const query = (): Promise<{ rows: never[]; rowCount: number }> => {
    asked.push(nowMs);
    nowMs += takesMs;
    return takesMs < 5_000 ? Promise.resolve({ rows: [], rowCount: 0 }) : Promise.reject(new Error('Query read timeout'));
  };
  new PendingAgeProbe({ query }, new OpenShards(), pino({ level: 'silent' }));
  const scrape = async (atMs: number): Promise<void> => {
    nowMs = atMs;
    await register.getSingleMetricAsString('lockstep_oldest_pending_age_seconds');
  };
  await scrape(1_000);
  await scrape(15_000);
  takesMs = 5_000;
  await scrape(16_000);
  for (const atMs of [31_000, 60_000, 120_000]) await scrape(atMs);
  await scrape(122_000);
  expect(asked).toEqual([1_000, 16_000, 122_000]);
});
