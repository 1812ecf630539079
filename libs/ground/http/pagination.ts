import { z } from 'zod';
import type { CursorFormat } from './cursor.js';

/** Query parameters of a list with cursors of this format. Spread them into the list's query schema. */
export function pageQuery<Key extends readonly [unknown, ...unknown[]]>(format: CursorFormat<Key>) {
  return {
    limit: z.coerce.number('must be a whole number').int().min(1).max(250).default(50).meta({ description: 'Maximum number of items' }),
    cursor: z
      .string()
      .regex(format.pattern, 'is not a cursor of this list: use `nextCursor` of the page before, unchanged')
      .transform((cursor) => format.decode(cursor))
      .optional()
      .meta({ description: '`nextCursor` of the page before' }),
  };
}

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Schema of a list's answer. */
export function pageSchema<Item extends z.ZodType>(item: Item, { pattern }: { readonly pattern: RegExp }): z.ZodType {
  return z.object({ data: z.array(item).max(250), nextCursor: z.string().regex(pattern).nullable().meta({ description: 'Null on the last page only. A page before it may have fewer items than `limit`, even none' }) });
}

/**
 * Makes a page of rows that were read with `limit + 1`, so that an extra row shows that there is a next page. It starts
 * after the key of this page's last row.
 * @param more whether there is a next page, for a statement that may return fewer rows than there are
 */
export function pageOf<Row, Key extends readonly [unknown, ...unknown[]]>(rows: readonly Row[], limit: number, format: CursorFormat<Key>, keyOf: (row: Row) => NoInfer<Key>, more = rows.length > limit): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: more && last !== undefined ? format.encode(keyOf(last)) : null };
}

/** What a statement that reads a bounded number of rows says about each row that it returns. */
export interface ReadRow {
  readonly matches: boolean;
  /** The last row within the bound, which comes even if it does not match. */
  readonly isLast: boolean;
}

/**
 * As `pageOf`, for a statement that reads a bounded number of rows. If too few of them match, the page is short or empty,
 * and the next one starts after the last row that was read.
 */
export function pageOfRead<Row extends ReadRow, Key extends readonly [unknown, ...unknown[]]>(rows: readonly Row[], limit: number, format: CursorFormat<Key>, keyOf: (row: Row) => NoInfer<Key>): Page<Row> {
  const matching = rows.filter(({ matches }) => matches);
  const last = rows.at(-1);
  if (matching.length > limit || last?.isLast !== true) return pageOf(matching, limit, format, keyOf);
  return { data: matching, nextCursor: format.encode(keyOf(last)) };
}
