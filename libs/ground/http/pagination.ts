import { z } from 'zod';
import { LockstepError } from '#domain/problem';

/** Query parameters of every list. Spread them into the list's query schema. */
export const pageQuery = {
  limit: z.coerce.number('must be a whole number').int().min(1).max(250).default(50).meta({ description: 'Maximum number of items' }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before' }),
};

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Schema of a list's answer. */
export function pageSchema<Item extends z.ZodType>(item: Item): z.ZodType {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * Makes a page of rows that were read with `limit + 1`. The extra row shows that there is a next page, which starts
 * after the key of this page's last row.
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly (string | number)[]): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/**
 * Decodes the key in a cursor and checks its shape. Undefined without a cursor.
 * @throws LockstepError invalid_request when the text is not a cursor of this list
 */
export function decodeCursor<Key>(cursor: string | undefined, shape: z.ZodType<Key>): Key | undefined {
  if (cursor === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    const message = 'is not a cursor of this list: use `nextCursor` of the page before, unchanged';
    throw new LockstepError('invalid_request', `cursor ${message}`, { cause, errors: [{ path: 'cursor', message }] });
  }
}

function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}
