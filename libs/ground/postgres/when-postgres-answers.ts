import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from '#ground/process/start-error';
import type { Logger } from '#ground/telemetry/logger';
import { failureOf, isLockTimeout } from './sql-errors.js';

const RETRY_MS = 2_000;
const LOCKED = 'Waiting for a table that another session uses for long, such as a backup or a report: see pg_stat_activity for transactions that began long ago';

/**
 * Runs work that needs Postgres, such as migrations. While Postgres is unavailable, it retries every two seconds, with a log
 * line each time, until `signal` is aborted.
 * @throws any other error of the work, such as a StartError; an AbortError
 */
export async function whenPostgresAnswers(work: () => Promise<void>, logger: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await work();
      return;
    } catch (error) {
      if (!isPassing(error)) throw error;
      logger.warn({ err: error }, isLockTimeout(error) ? LOCKED : 'Waiting for Postgres');
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof StartError) return error.retriable;
  switch (failureOf(error)) {
    case 'unavailable':
    case 'being_set_up':
    case 'conflict':
      return true;
    case 'bad_value':
    case 'constraint':
    case 'other_schema':
    case 'fault':
      return false;
  }
}
