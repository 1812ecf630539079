import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import { InjectPool } from '#ground/postgres/inject-postgres';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { deleteExpiredKeys } from './delete-expired-keys.queries.js';
import { findExpiredKeys } from './find-expired-keys.queries.js';
import { expiredKeysDeleted, retentionFailures } from './retention.metrics.js';

/**
 * Deletes expired idempotency keys, without waiting for ingest's locks. Ingest treats an expired key as deleted, so a
 * late deletion is harmless.
 */
@Injectable()
export class ExpiredKeysSweeper extends ExpiringRowsSweeper {
  constructor(@InjectPool('keys') pool: pg.Pool, @InjectLogger() logger: Logger) {
    super({
      pool,
      lock: 'lockstep.expired-keys',
      tables: [{ find: findExpiredKeys, delete: deleteExpiredKeys, onDeleted: (rows) => expiredKeysDeleted.inc(rows) }],
      onError: (err) => {
        retentionFailures.inc({ sweeper: 'keys' });
        logger.warn({ err }, 'Expired idempotency keys could not be deleted; retrying in a minute');
      },
    });
  }
}
