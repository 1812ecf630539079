import { describe, expect, it } from '@jest/globals';
import { StatementSize } from './statement-size.js';

const timeout = new Error('Query read timeout');

describe('StatementSize', () => {
  it('is halved by each statement that exceeded its time, down to 1, and doubled by each success', async () => {
    const size = new StatementSize();
    const sizes: number[] = [];
    const run = async (statement: () => Promise<void>): Promise<void> => {
      sizes.push(size.of(10));
      await size.run(statement).catch(() => undefined);
    };
    for (let i = 0; i < 6; i++) await run(() => Promise.reject(timeout));
    expect([sizes, size.of(10), size.isReduced]).toEqual([[10, 5, 2, 1, 1, 1], 1, true]);
    for (let i = 0; i < 6; i++) await run(() => Promise.resolve());
    expect([sizes.slice(6), size.of(10), size.isReduced]).toEqual([[1, 1, 1, 1, 2, 5], 10, false]);
  });

  it('is not changed by other errors, which it passes on', async () => {
    const size = new StatementSize();
    await expect(size.run(() => Promise.reject(new Error('Connection terminated')))).rejects.toThrow('terminated');
    expect(size.of(10)).toBe(10);
  });

  it('lengthens pauses with each halving', () => {
    const size = new StatementSize();
    expect(size.delayMs(250, 5_000)).toBe(250);
    for (let i = 0; i < 3; i++) size.onFailure(timeout);
    expect([size.delayMs(250, 5_000), size.delayMs(250, 1_000)]).toEqual([2_000, 1_000]);
  });
});
