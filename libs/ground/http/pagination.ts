import { z } from 'zod';
import { LockstepError } from '#domain/problem';

/** What every list takes; spread it into the list's own query schema. */
export const pageQuery = {
  limit: z.coerce.number('must be a whole number').int().min(1).max(250).default(50).meta({ description: 'Most items in the answer' }),
  cursor: z.string().optional().meta({ description: '`nextCursor` of the page before' }),
};

export interface Page<Item> {
  readonly data: readonly Item[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Documentation of a list's answer. */
export function pageSchema<Item extends z.ZodType>(item: Item): z.ZodType {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * A page of rows that were read with `limit + 1`: one more than fits says that there is a next page, which begins
 * after the last one's key.
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => readonly (string | number)[]): Page<Row> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/**
 * The key in a cursor, checked against its shape; undefined without a cursor.
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
