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
 * Deletes idempotency keys whose retention is over. Never waits for ingest's locks. Until then an expired key is as good
 * as deleted: ingest claims it as if it were not there.
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
        logger.warn({ err }, 'Expired idempotency keys could not be deleted; trying again in a minute');
      },
    });
  }
}
