import { describe, expect, it } from '@jest/globals';
import { median } from './statistics.mjs';

describe('median', () => {
  it('is the middle value, or the mean of the two middle values', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  });
});
