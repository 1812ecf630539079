import { UINT52 } from './cursor.js';

/**
 * A moment of Postgres in a cursor: microseconds since 1970. Postgres keeps moments to the microsecond, and a Date only to
 * the millisecond. Below 2^52, which is in the year 2112.
 */
export const MICROSECONDS = UINT52;

/** After every moment that Postgres stores. */
export const END_MICROSECONDS = 2 ** 52 - 1;

/** @returns microseconds since 1970 */
export function microsecondsOf(date: Date): number {
  return Math.min(Math.max(date.getTime() * 1_000, 0), END_MICROSECONDS);
}
