import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CursorFormat, UINT31, UINT16 } from './cursor.js';
import { pageOf, pageOfRead, pageQuery } from './pagination.js';

const format = new CursorFormat(UINT31, UINT16);
const query = z.strictObject(pageQuery(format));
const keyOf = (n: number): [number, number] => [n, 7];

describe('pages', () => {
  it('gives a cursor only when there is more, and it leads behind the last item', () => {
    const page = pageOf([5, 4, 3], 2, format, keyOf);
    expect(page.data).toEqual([5, 4]);
    expect(query.parse({ cursor: page.nextCursor }).cursor).toEqual([4, 7]);
    expect(pageOf([2, 1], 2, format, keyOf)).toEqual({ data: [2, 1], nextCursor: null });
    expect(pageOf([], 2, format, keyOf)).toEqual({ data: [], nextCursor: null });
  });

  it('gives a cursor when a statement returned fewer rows than there are', () => {
    expect(query.parse({ cursor: pageOf([5], 2, format, keyOf, true).nextCursor }).cursor).toEqual([5, 7]);
  });

  it('goes on after the last row that a bounded statement has read, whether it matches or not', () => {
    const rowOf = (n: number, matches: boolean, isLast = false): { n: number; matches: boolean; isLast: boolean } => ({ n, matches, isLast });
    const page = (...rows: ReturnType<typeof rowOf>[]): [number[], unknown] => {
      const { data, nextCursor } = pageOfRead(rows, 2, format, ({ n }) => keyOf(n));
      return [data.map(({ n }) => n), nextCursor === null ? null : query.parse({ cursor: nextCursor }).cursor];
    };
    expect(page(rowOf(9, true), rowOf(5, false, true))).toEqual([[9], [5, 7]]);
    expect(page(rowOf(5, false, true))).toEqual([[], [5, 7]]);
    expect(page(rowOf(9, true), rowOf(8, true, true))).toEqual([[9, 8], [8, 7]]);
    expect(page(rowOf(9, true), rowOf(8, true), rowOf(7, true, true))).toEqual([[9, 8], [8, 7]]);
    expect(page(rowOf(9, true))).toEqual([[9], null]);
  });

  it('takes no cursor for the first page', () => {
    expect(query.parse({})).toEqual({ limit: 50 });
  });

  it.each(['', 'x', '000000010007x', 'WyJhIl0', '8000000000000007'])('refuses %j, which no page gave', (cursor) => {
    expect(query.safeParse({ cursor }).error?.issues.map(({ path }) => path)).toEqual([['cursor']]);
  });
});
