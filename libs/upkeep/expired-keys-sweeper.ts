import type pg from 'pg';
import { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import type { Logger } from '#ground/telemetry/logger';
import { deleteExpiredKeys } from './delete-expired-keys.queries.js';
import { findExpiredKeys } from './find-expired-keys.queries.js';
import { expiredKeysDeleted, retentionFailures } from './retention.metrics.js';

/**
 * Deletes idempotency keys whose retention is over. Never waits for ingest's locks. Until then an expired key is as good
 * as gone: ingest claims it as if it were not there.
 * @param pool its sessions look up by index (`plans: 'by-index'`)
 */
export function expiredKeysSweeper(pool: pg.Pool, logger: Logger): ExpiringRowsSweeper {
  return new ExpiringRowsSweeper({
    pool,
    lock: 'lockstep.expired-keys',
    tables: [{ find: findExpiredKeys, delete: deleteExpiredKeys, onDeleted: (rows) => expiredKeysDeleted.inc(rows) }],
    onError: (err) => {
      retentionFailures.inc({ sweeper: 'keys' });
      logger.warn({ err }, 'Expired idempotency keys could not be deleted; trying again in a minute');
    },
  });
}
