import { afterEach, expect, it, jest } from '@jest/globals';
import pino from 'pino';
import { register } from 'prom-client';
import { OpenShards } from './open-shards.js';
import { PendingAgeProbe } from './pending-age-probe.js';

const NAME = 'lockstep_oldest_pending_age_seconds';
const scrape = async (): Promise<string[]> => (await register.getSingleMetricAsString(NAME)).split('\n').filter((line) => !line.startsWith('#'));

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

it('does not say that nothing is pending before Postgres has answered', async () => {
  jest.useFakeTimers();
  let answer = (): Promise<{ rows: never[]; rowCount: number }> => new Promise(() => undefined);
  const probe = (): PendingAgeProbe => new PendingAgeProbe({ query: () => answer() }, new OpenShards(), pino({ level: 'silent' }));
  const shown = async (): Promise<string[]> => {
    const scraped = scrape();
    await jest.advanceTimersByTimeAsync(5_000);
    return scraped;
  };
  // It hangs, and then it fails.
  probe();
  for (let scrapes = 0; scrapes < 3; scrapes++) expect(await shown()).toEqual([]);
  answer = () => Promise.reject(new Error('Connection refused'));
  probe();
  for (let scrapes = 0; scrapes < 3; scrapes++) expect(await shown()).toEqual([]);
  answer = () => Promise.resolve({ rows: [], rowCount: 0 });
  await jest.advanceTimersByTimeAsync(15_000);
  expect(await shown()).toEqual([`${NAME} 0`]);
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
  const scrapeAt = async (atMs: number): Promise<void> => {
    nowMs = atMs;
    await scrape();
  };
  await scrapeAt(1_000);
  await scrapeAt(15_000);
  takesMs = 5_000;
  await scrapeAt(16_000);
  for (const atMs of [31_000, 60_000, 120_000]) await scrapeAt(atMs);
  await scrapeAt(122_000);
  expect(asked).toEqual([1_000, 16_000, 122_000]);
});
