import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pino from 'pino';
import { testLease } from './fixtures/test-lease.js';
import type { Lease } from './lease.js';
import { type Retrying, whileOwned } from './while-owned.js';

const logger = pino({ level: 'silent' });

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const retrying = (until: Retrying['until'] = 'draining'): Retrying => ({ logger, failure: 'Cannot do it', until });

describe('whileOwned', () => {
  it('tries again until it succeeds', async () => {
    let tries = 0;
    const result = whileOwned(testLease(), retrying(), () => (++tries < 3 ? Promise.reject(new Error('away')) : Promise.resolve('done')));
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await result, tries]).toEqual(['done', 3]);
  });

  it.each([
    ['is lost', (lease: Lease) => lease.end()],
    ['is handed over', (lease: Lease) => lease.drain()],
  ])('gives up when the shard %s, also between two tries and in a try that succeeds', async (_, end) => {
    const [failing, succeeding] = [testLease(), testLease()];
    let tries = 0;
    const failed = whileOwned(failing, retrying(), () => (tries++, Promise.reject(new Error('away'))));
    await jest.advanceTimersByTimeAsync(0);
    end(failing);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await failed, tries]).toEqual([undefined, 1]);
    expect(await whileOwned(succeeding, retrying(), () => Promise.resolve(end(succeeding)))).toBeUndefined();
  });

  it('continues during a handover when only the loss of the lease is to end it', async () => {
    const lease = testLease();
    lease.drain();
    expect(await whileOwned(lease, retrying('lost'), () => Promise.resolve('done'))).toBe('done');
    lease.end();
    expect(await whileOwned(lease, retrying('lost'), () => Promise.resolve('done'))).toBeUndefined();
  });
});
