import type pg from 'pg';
import { Poll } from '#polling/poll';
import { exclusively } from '#postgres/advisory-lock';
import { deleteExpired, type ExpiringRows } from '#postgres/expiring-rows';
import { databaseOf } from '#postgres/pool';
import type { Logger } from '#telemetry/logger';
import { deleteExpiredKeys } from './delete-expired-keys.queries.js';
import { findExpiredKeys } from './find-expired-keys.queries.js';
import { expiredKeysDeleted, retentionFailures } from './retention.metrics.js';

const LOCK = 'lockstep.expired-keys';
/** A key that is expired takes up room and does nothing else: when it goes doesn't matter. */
const INTERVAL_MS = 60_000;

const KEYS: ExpiringRows = {
  find: findExpiredKeys,
  delete: deleteExpiredKeys,
  onDeleted: (rows) => expiredKeysDeleted.inc(rows),
};

/**
 * Deletes idempotency keys whose retention is over, in small batches, until there are none; then looks again each
 * minute. Never waits for ingest's locks, and one process at a time does it. Until then an expired key is as good as
 * gone: ingest claims it as if it were not there.
 */
export class ExpiredKeysSweeper {
  private readonly poll: Poll;

  /** @param pool its sessions look up by index (`joins: 'by-index'`) */
  constructor(
    private readonly pool: pg.Pool,
    logger: Logger,
  ) {
    this.poll = new Poll({
      onError: (err) => {
        retentionFailures.inc({ sweeper: 'keys' });
        logger.warn({ err }, 'Expired idempotency keys could not be deleted; trying again in a minute');
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
   * Deletes what is expired; returns how many keys that were, 0 also while another process does it.
   * @throws what Postgres throws, also when `signal` is aborted
   */
  async sweep(signal: AbortSignal): Promise<number> {
    return (await exclusively(this.pool, LOCK, signal, (client) => deleteExpired(KEYS, databaseOf(client), signal))) ?? 0;
  }
}
