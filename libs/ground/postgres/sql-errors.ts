import pg from 'pg';

/** The five characters of an error that Postgres reported (SQLSTATE), or undefined when it came from elsewhere. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/**
 * Whether the statement failed because of what one of its rows holds, so that the same rows would fail again while
 * others would not: data exceptions (22), broken constraints (23), limits such as an index row's size (54).
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function isPoison(error: unknown): boolean {
  return ['22', '23', '54'].includes(sqlStateOf(error)?.slice(0, 2) ?? '');
}

/** Whether the same statement may succeed when it is simply run again at once: serialization failure or deadlock. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01'].includes(sqlStateOf(error) ?? '');
}
