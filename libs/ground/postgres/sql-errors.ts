import pg from 'pg';
import { LockstepError } from '#domain/problem';

/** What an error means for the caller of a statement. */
export type SqlFailure =
  /** Postgres cannot store one of the values. The same rows fail again; others of the batch do not. */
  | 'bad_value'
  /** A row breaks a constraint. The same rows fail again; others of the batch do not. */
  | 'constraint'
  /** Rolled back because of another transaction. The same statement may succeed at once. */
  | 'conflict'
  /** Postgres is away, too busy or stopping. The statement may have been committed. */
  | 'unavailable'
  /** No such database or user yet. An operator may be creating them. */
  | 'being_set_up'
  /** The database lacks a table, column or type of this release. */
  | 'other_schema'
  /** The statement or this program is wrong. */
  | 'fault';

/**
 * Failures by SQLSTATE. A code of five characters has precedence over its class of two. All others are faults.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const FAILURES: Readonly<Record<string, SqlFailure>> = {
  '08': 'unavailable', // connection exception
  '22': 'bad_value', // data exception, such as a text with a NUL
  '23': 'constraint', // integrity constraint violation
  '25': 'unavailable', // transaction state: read-only server after a failover, transaction or idle timeout
  '28': 'being_set_up', // no such user, or another password
  '3D': 'being_set_up', // no such database
  '3F000': 'other_schema', // no such schema
  '40001': 'conflict', // serialization failure
  '40P01': 'conflict', // deadlock
  '42P01': 'other_schema', // no such table
  '42703': 'other_schema', // no such column
  '42704': 'other_schema', // no such type
  '53': 'unavailable', // resources: too many connections, memory, disk
  '54': 'bad_value', // limits, such as an index row's size
  '55': 'unavailable', // not in the needed state: lock timeout, object in use
  '57': 'unavailable', // intervention: cancelled, shutting down, starting up
  '58': 'unavailable', // system error outside of Postgres
};

const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';

/** The five characters of an error that Postgres reported (SQLSTATE), or undefined when it came from elsewhere. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** The name of the constraint or unique index that a row breaks, or undefined for any other error. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}

/** What this error means. No other code compares SQLSTATEs. */
export function failureOf(error: unknown): SqlFailure {
  if (error instanceof LockstepError) return error.code === 'store_unavailable' ? 'unavailable' : 'fault';
  const state = sqlStateOf(error);
  // Postgres did not report it: the connection was refused or reset, or timed out.
  if (state === undefined || isMissingPartition(error)) return 'unavailable';
  return FAILURES[state] ?? FAILURES[state.slice(0, 2)] ?? 'fault';
}

/** Whether the same rows would fail again, while other rows of the same batch would not. */
export function isPoison(error: unknown): boolean {
  const failure = failureOf(error);
  return failure === 'bad_value' || failure === 'constraint';
}

/** Whether the same statement may succeed when it runs again at once. */
export function isConflict(error: unknown): boolean {
  return failureOf(error) === 'conflict';
}

/** `statement_timeout` or a cancel (57014), `transaction_timeout` (25P04). */
const TIMEOUTS: readonly (string | undefined)[] = ['57014', '25P04'];
/** node-postgres gave up waiting for the answer (`query_timeout`), which it tells by its message only. */
const READ_TIMEOUT = 'Query read timeout';

/** Whether a statement exceeded its time. The same one may again: a smaller one may not. It may have been committed. */
export function isTimeout(error: unknown): boolean {
  return TIMEOUTS.includes(sqlStateOf(error)) || (error instanceof Error && error.message === READ_TIMEOUT);
}

/** Whether a lock was not free within `lock_timeout`, or at once with NOWAIT. */
export function isLockTimeout(error: unknown): boolean {
  return sqlStateOf(error) === LOCK_NOT_AVAILABLE;
}

/** Whether a statement was cancelled, which `statement_timeout` does. It has changed nothing. */
export function isStatementTimeout(error: unknown): boolean {
  return sqlStateOf(error) === QUERY_CANCELED;
}

/**
 * No table for the day of the row's id: the code (23514) blames the row, but every row of that day would fail. The
 * routine tells, since messages are translated.
 */
function isMissingPartition(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23514' && error.routine === 'ExecFindPartition';
}
