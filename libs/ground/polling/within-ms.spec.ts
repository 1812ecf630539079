import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { withinMs } from './within-ms.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('gives the result or the error of work that ends in time, and leaves no timer', async () => {
  expect(await withinMs(1_000, Promise.resolve('done'))).toBe('done');
  await expect(withinMs(1_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(jest.getTimerCount()).toBe(0);
});

it('gives nothing for work that is late, whose error is nobody\'s any more', async () => {
  const { promise: work, reject } = Promise.withResolvers<string>();
  const result = withinMs(1_000, work);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await result).toBeUndefined();
  reject(new Error('broken'));
  await jest.advanceTimersByTimeAsync(1);
});
