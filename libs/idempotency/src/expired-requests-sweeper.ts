import type pg from 'pg';
import { Poll } from '#polling/poll';
import { exclusively } from '#postgres/advisory-lock';
import { deleteExpired, type ExpiringRows } from '#postgres/expiring-rows';
import { databaseOf } from '#postgres/pool';
import type { Logger } from '#telemetry/logger';
import { deleteExpiredPositions } from './delete-expired-positions.queries.js';
import { deleteExpiredRequests } from './delete-expired-requests.queries.js';
import { findExpiredPositions } from './find-expired-positions.queries.js';
import { findExpiredRequests } from './find-expired-requests.queries.js';
import { cleanupFailures, expiredRequestsDeleted, storedBytes, storedRequests } from './idempotency.metrics.js';
import { measureRequests } from './measure-requests.queries.js';

const LOCK = 'lockstep.idempotent-requests';
/** An expired request takes up room and does nothing else: when it goes doesn't matter. */
const INTERVAL_MS = 60_000;

const TABLES: readonly ExpiringRows[] = [
  { find: findExpiredRequests, delete: deleteExpiredRequests, onDeleted: (rows) => expiredRequestsDeleted.inc(rows) },
  { find: findExpiredPositions, delete: deleteExpiredPositions, onDeleted: () => undefined },
];

/**
 * Deletes idempotent requests whose retention is over, in small batches, each minute, one process at a time; and
 * measures what is there. Until then an expired key is as good as gone: it is claimed as if it were not there.
 */
export class ExpiredRequestsSweeper {
  private readonly poll: Poll;

  /** @param pool its sessions look up by index (`joins: 'by-index'`) */
  constructor(
    private readonly pool: pg.Pool,
    logger: Logger,
  ) {
    this.poll = new Poll({
      onError: (err) => {
        cleanupFailures.inc();
        logger.warn({ err }, 'Expired idempotent requests could not be deleted; trying again in a minute');
      },
      intervalMs: INTERVAL_MS,
      work: (signal) => this.sweep(signal),
    });
  }

  start(): void {
    this.poll.start();
  }

  async stop(): Promise<void> {
    await this.poll.stop();
  }

  /**
   * Deletes what is expired; returns how many rows that were, 0 also while another process does it.
   * @throws what Postgres throws, also when `signal` is aborted
   */
  async sweep(signal: AbortSignal): Promise<number> {
    const deleted = await exclusively(this.pool, LOCK, signal, async (client) => {
      let total = 0;
      for (const table of TABLES) total += await deleteExpired(table, databaseOf(client), signal);
      return total;
    });
    const [measure] = await measureRequests.run(undefined, databaseOf(this.pool));
    storedRequests.set(measure?.rows ?? 0);
    storedBytes.set(measure?.bytes ?? 0);
    return deleted ?? 0;
  }
}
