import type pg from 'pg';
import { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import type { Logger } from '#ground/telemetry/logger';
import { deleteExpiredInbox } from './delete-expired-inbox.queries.js';
import { findExpiredInbox } from './find-expired-inbox.queries.js';

/**
 * Deletes inbox rows that Kafka can't bring again any more.
 * @param pool its sessions look up by index (`plans: 'by-index'`)
 */
export function expiredInboxSweeper(pool: pg.Pool, logger: Logger): ExpiringRowsSweeper {
  return new ExpiringRowsSweeper({
    pool,
    lock: 'lockstep.payments-inbox',
    tables: [{ find: findExpiredInbox, delete: deleteExpiredInbox, onDeleted: () => undefined }],
    onError: (err) => logger.warn({ err }, 'Expired inbox rows could not be deleted; trying again in a minute'),
  });
}
