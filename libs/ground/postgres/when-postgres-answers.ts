import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#ground/telemetry/logger';
import { failureOf } from './sql-errors.js';

const RETRY_MS = 2_000;

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
  switch (failureOf(error)) {
    case 'unavailable':
    case 'being_set_up':
    case 'conflict':
      return !isNamed(error);
    case 'bad_value':
    case 'constraint':
    case 'other_schema':
    case 'fault':
      return false;
  }
}

/** Our own errors say by their `code` that waiting will not help. */
function isNamed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'schema_too_new' || error.code === 'shards_changed');
}
