import { LockstepError } from '#domain/problem';
import type { Database } from './pool.js';
import { failureOf } from './sql-errors.js';

/**
 * The error that a caller may see for a failed statement: store_unavailable when it is unknown whether the statement was
 * committed, otherwise the error itself.
 */
export function storeErrorOf(error: unknown): unknown {
  if (error instanceof LockstepError) return error;
  switch (failureOf(error)) {
    case 'unavailable':
      return new LockstepError('store_unavailable', 'The event store does not answer; try again, with the same idempotency key if the request had one', {
        cause: error,
        retryAfterSeconds: 1,
      });
    case 'bad_value':
    case 'constraint':
    case 'conflict':
    case 'being_set_up':
    case 'other_schema':
    case 'fault':
      return error;
  }
}

/**
 * The database for statements that serve one request. Its errors are those that the client may see: store_unavailable, and
 * invalid_request for a value that Postgres cannot store. Other errors stay as they are.
 */
export function answering(database: Database): Database {
  return {
    query: async (text, values) => {
      try {
        return await database.query(text, values);
      } catch (error) {
        if (failureOf(error) === 'bad_value') throw new LockstepError('invalid_request', error instanceof Error ? error.message : '', { cause: error });
        throw storeErrorOf(error);
      }
    },
  };
}
