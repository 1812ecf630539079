import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError } from '#domain/problem';
import type { Logger } from '#ground/telemetry/logger';
import { storeErrorOf } from './answering-database.js';
import { sqlStateOf } from './sql-errors.js';

const RETRY_MS = 2_000;
/** Not there yet: no such database (3D), no such user or another password (28). Somebody may be setting them up. */
const SETTING_UP = ['3D', '28'];

/**
 * Does the work that makes the store ready, such as migrations. While Postgres does not answer, tries again every two
 * seconds, with a log line each time, until `signal` is aborted.
 * @throws what the work throws for another reason, such as SchemaTooNewError or ShardsChangedError; an AbortError
 */
export async function whenPostgresAnswers(work: () => Promise<void>, logger: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await work();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      logger.warn({ err: error }, 'Waiting for Postgres');
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state !== undefined && SETTING_UP.includes(state.slice(0, 2))) return true;
  const known = storeErrorOf(error);
  return known instanceof LockstepError && known.code === 'store_unavailable' && !isNamed(error);
}

/** Our own errors say by their `code` that waiting will not help. */
function isNamed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'schema_too_new' || error.code === 'shards_changed');
}
