import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CursorFormat, FLOAT, UINT31, UINT52, UINT16, UUID } from './cursor.js';

const format = new CursorFormat(UUID, UINT31, UINT16, UINT52, FLOAT);

describe('the format of a cursor', () => {
  it('encodes every key as a text of the pattern, and decodes it', () => {
    const place = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    const key = fc.tuple(fc.uuid(), fc.integer({ min: 0, max: 2_147_483_647 }), fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 0, max: 2 ** 52 - 1 }), place);
    fc.assert(fc.property(key, (each) => {
      const cursor = format.encode(each);
      expect(format.pattern.test(cursor)).toBe(true);
      expect(format.decode(cursor)).toEqual(each);
    }));
  });

  it('decodes every text of the pattern to values that Postgres takes', () => {
    fc.assert(fc.property(fc.stringMatching(format.pattern), (cursor) => {
      const [, integer, , large, place] = format.decode(cursor);
      expect(integer).toBeLessThan(2 ** 31);
      expect(Number.isSafeInteger(large)).toBe(true);
      expect(Number.isFinite(place)).toBe(true);
      expect(format.encode(format.decode(cursor))).toBe(cursor);
    }));
  });

  it.each(['', 'x', '00', '8000000', '800000000', '7FFFFFFF', '00000001\n'])('has a pattern that %j does not match', (text) => {
    expect(new CursorFormat(UINT31).pattern.test(text)).toBe(false);
  });
});
