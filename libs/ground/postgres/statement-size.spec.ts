import { describe, expect, it } from '@jest/globals';
import { StatementSize } from './statement-size.js';

const timeout = new Error('Query read timeout');

/** A size after `timeouts` statements that exceeded their time. */
function reducedSize(timeouts: number): StatementSize {
  const size = new StatementSize();
  for (let i = 0; i < timeouts; i++) size.onFailure(timeout);
  return size;
}

describe('StatementSize', () => {
  it('is halved by each statement that exceeded its time, down to 1, and doubled by every four full ones', async () => {
    const size = new StatementSize();
    const limits: number[] = [];
    const run = async (fails: boolean): Promise<void> => {
      const limit = size.of(10);
      limits.push(limit);
      await size.run(limit, () => (fails ? Promise.reject(timeout) : Promise.resolve(limit)), (rows) => rows).catch(() => undefined);
    };
    for (let i = 0; i < 5; i++) await run(true);
    expect([limits, size.of(10), size.isReduced]).toEqual([[10, 5, 2, 1, 1], 1, true]);
    for (let i = 0; i < 20; i++) await run(false);
    expect([limits.slice(5).filter((_, i) => i % 4 === 0), size.of(10)]).toEqual([[1, 1, 1, 2, 5], 10]);
  });

  it('does not grow by empty statements, and by small ones according to their share', () => {
    const size = reducedSize(1);
    for (let i = 0; i < 100; i++) size.onSuccess(0);
    expect([size.of(10), size.hasSucceeded]).toEqual([5, false]);
    for (let i = 0; i < 15; i++) size.onSuccess(0.25);
    expect([size.of(10), size.hasSucceeded]).toEqual([5, true]);
    size.onSuccess(0.25);
    expect([size.of(10), size.hasSucceeded]).toEqual([10, false]);
  });

  it('meets one time-out for four full statements when a part of the bound fits', () => {
    const size = new StatementSize();
    const timeouts: boolean[] = [];
    for (let i = 0; i < 53; i++) {
      const fits = size.of(800) <= 100;
      timeouts.push(!fits);
      if (fits) size.onSuccess(1);
      else size.onFailure(timeout);
      // What follows each statement, such as the move of a cursor.
      size.onSuccess(0);
    }
    expect(timeouts.slice(3).filter(Boolean)).toHaveLength(10);
  });

  it('is reduced until the full size has succeeded', () => {
    const size = reducedSize(1);
    const states: unknown[] = [];
    for (let i = 0; i < 8; i++) {
      size.onSuccess(1);
      states.push([size.of(10), size.isReduced]);
    }
    expect(states).toEqual([[5, true], [5, true], [5, true], [10, true], [10, true], [10, true], [10, true], [10, false]]);
  });

  it('is not changed by other errors, which it passes on', async () => {
    const size = new StatementSize();
    await expect(size.run(10, () => Promise.reject(new Error('Connection terminated')), () => 0)).rejects.toThrow('terminated');
    expect([size.of(10), size.isReduced]).toEqual([10, false]);
  });

  it('lengthens pauses with each halving', () => {
    expect(new StatementSize().delayMs(250, 5_000)).toBe(250);
    expect([reducedSize(3).delayMs(250, 5_000), reducedSize(3).delayMs(250, 1_000)]).toEqual([2_000, 1_000]);
  });
});
