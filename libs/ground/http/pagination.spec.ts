import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { decodeCursor, pageOf } from './pagination.js';

const shape = z.tuple([z.string(), z.int()]);
const keyOf = (n: number): [string, number] => [`row "${n}" ü`, n];

describe('pages', () => {
  it('gives a cursor only when there is more, and it leads behind the last item', () => {
    const page = pageOf([5, 4, 3], 2, keyOf);
    expect(page.data).toEqual([5, 4]);
    expect(decodeCursor(page.nextCursor ?? '', shape)).toEqual(keyOf(4));
    expect(pageOf([2, 1], 2, keyOf)).toEqual({ data: [2, 1], nextCursor: null });
    expect(pageOf([], 2, keyOf)).toEqual({ data: [], nextCursor: null });
  });

  it('takes no cursor for the first page', () => {
    expect(decodeCursor(undefined, shape)).toBeUndefined();
  });

  it.each(['', 'x', '%', Buffer.from('["a"]').toString('base64url'), Buffer.from('["a",1,2]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'refuses %j, which no page gave',
    (cursor) => {
      expect(() => decodeCursor(cursor, shape)).toThrow(expect.objectContaining({ code: 'invalid_request', errors: [expect.objectContaining({ path: 'cursor' })] }));
    },
  );
});
