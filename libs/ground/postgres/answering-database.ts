import { LockstepError } from '#domain/problem';
import type { Database } from './pool.js';
import { sqlStateOf } from './sql-errors.js';

/**
 * Classes of SQLSTATE that say "not now" rather than "not this": connection (08), state of the transaction or a
 * read-only server after a failover (25), resources (53), not in the needed state (55), intervention (57), system (58).
 */
const UNAVAILABLE = ['08', '25', '53', '55', '57', '58'];

/**
 * The error that a caller may see for a failed statement: store_unavailable when Postgres is away, too busy, or being
 * stopped, so that whether the statement was committed is unknown; the error itself when the statement is at fault.
 */
export function storeErrorOf(error: unknown): unknown {
  if (error instanceof LockstepError) return error;
  const state = sqlStateOf(error);
  // Whatever did not come from the server itself (refused, reset, timed out) is about the way to it.
  if (state !== undefined && !UNAVAILABLE.includes(state.slice(0, 2)) && !isMissingPartition(error)) return error;
  return new LockstepError('store_unavailable', 'The event store does not answer; try again with the same idempotency key', {
    cause: error,
    retryAfterSeconds: 1,
  });
}

/** No table for the day of the event's id: the class says "bad row" (23514), but no row at all would do. */
function isMissingPartition(error: unknown): boolean {
  return sqlStateOf(error) === '23514' && error instanceof Error && error.message.startsWith('no partition of relation');
}

/** A value that Postgres can't take, such as a text with a NUL: the request's fault (22, data exception). */
function isBadValue(error: unknown): boolean {
  return sqlStateOf(error)?.startsWith('22') === true;
}

/**
 * The same database for statements that serve one request: what they fail with is what that request may see, where it
 * is known (store_unavailable, invalid_request).
 */
export function answering(database: Database): Database {
  return {
    query: async (text, values) => {
      try {
        return await database.query(text, values);
      } catch (error) {
        if (isBadValue(error)) throw new LockstepError('invalid_request', error instanceof Error ? error.message : '', { cause: error });
        throw storeErrorOf(error);
      }
    },
  };
}
