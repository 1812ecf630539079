import { describe, expect, it, jest } from '@jest/globals';
import { LookBack, type LookBounds } from './look-back.js';

const MARGIN_MS = 90_000;

async function look(lookBack: LookBack, ...changedAtMs: number[]): Promise<LookBounds | undefined> {
  let asked: LookBounds | undefined;
  await lookBack.look((bounds) => {
    asked = bounds;
    return Promise.resolve(changedAtMs.map((at) => ({ changedAtMs: at })));
  });
  return asked;
}

describe('LookBack', () => {
  it('reads all rows at first', async () => {
    expect(await look(new LookBack(MARGIN_MS))).toMatchObject({ sinceMs: 0 });
  });

  it('continues from the newest time it has read, in any order of arrival', async () => {
    const lookBack = new LookBack(MARGIN_MS);
    await look(lookBack, 500_000, 700_000, 600_000);
    expect(await look(lookBack, 400_000)).toMatchObject({ sinceMs: 610_000 });
    expect(await look(lookBack)).toMatchObject({ sinceMs: 610_000 });
  });

  it('covers the time since the last successful read, for any times in the rows', async () => {
    const clock = jest.spyOn(performance, 'now');
    try {
      const lookBack = new LookBack(MARGIN_MS);
      clock.mockReturnValue(1_000);
      expect(await look(lookBack, Date.now() + 1e9)).toMatchObject({ withinMs: MARGIN_MS });
      clock.mockReturnValue(61_000);
      await expect(lookBack.look(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
      clock.mockReturnValue(121_000);
      expect(await look(lookBack)).toMatchObject({ withinMs: MARGIN_MS + 120_000 });
    } finally {
      clock.mockRestore();
    }
  });
});
