import { describe, expect, it } from '@jest/globals';
import { median } from './statistics.mjs';

describe('median', () => {
  it('lies between the two middle ones of an even number', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  });
});
