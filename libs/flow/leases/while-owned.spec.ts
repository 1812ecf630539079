import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pino from 'pino';
import { now } from '#domain/clock';
import { WindowBudget } from '#domain/lane';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import { Lease } from './lease.js';
import { whileOwned } from './while-owned.js';

const logger = pino({ level: 'silent' });

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function shard(): { lanes: ShardLanes; ending: Promise<void> | undefined } {
  return { lanes: new ShardLanes(new Lease(0, 1, 60_000, now()), new LaneBudget(1), new WindowBudget(1)), ending: undefined };
}

describe('whileOwned', () => {
  it('tries again until it succeeds', async () => {
    let tries = 0;
    const result = whileOwned(shard(), logger, 'It failed', () => (++tries < 3 ? Promise.reject(new Error('away')) : Promise.resolve('done')));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await result, tries]).toEqual(['done', 3]);
  });

  it.each([
    ['is lost', (owned: ReturnType<typeof shard>) => owned.lanes.drop()],
    ['is handed over', (owned: ReturnType<typeof shard>) => (owned.ending = Promise.resolve())],
  ])('gives up when the shard %s, also between two tries and in a try that succeeds', async (_, end) => {
    const [failing, succeeding] = [shard(), shard()];
    let tries = 0;
    const failed = whileOwned(failing, logger, 'It failed', () => (tries++, Promise.reject(new Error('away'))));
    await jest.advanceTimersByTimeAsync(0);
    end(failing);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await failed, tries]).toEqual([undefined, 1]);
    expect(await whileOwned(succeeding, logger, 'It failed', () => Promise.resolve(end(succeeding)))).toBeUndefined();
  });
});
