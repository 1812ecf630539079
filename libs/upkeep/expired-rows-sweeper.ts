import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '#ground/config/config';
import { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import { InjectPool } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { deleteExpiredApiKeys } from './delete-expired-api-keys.queries.js';
import { deleteExpiredAuditRows } from './delete-expired-audit-rows.queries.js';
import { deleteExpiredDuplicates } from './delete-expired-duplicates.queries.js';
import { deleteExpiredFormerSamples } from './delete-expired-former-samples.queries.js';
import { deleteExpiredKeys } from './delete-expired-keys.queries.js';
import { deleteExpiredRejections } from './delete-expired-rejections.queries.js';
import { deleteExpiredSamples } from './delete-expired-samples.queries.js';
import { deleteExpiredSourceActivity } from './delete-expired-source-activity.queries.js';
import { deleteUnusedTokenBuckets } from './delete-unused-token-buckets.queries.js';
import { findExpiredApiKeys } from './find-expired-api-keys.queries.js';
import { findExpiredAuditRows } from './find-expired-audit-rows.queries.js';
import { findExpiredDuplicates } from './find-expired-duplicates.queries.js';
import { findExpiredFormerSamples } from './find-expired-former-samples.queries.js';
import { findExpiredKeys } from './find-expired-keys.queries.js';
import { findExpiredRejections } from './find-expired-rejections.queries.js';
import { findExpiredSamples } from './find-expired-samples.queries.js';
import { findExpiredSourceActivity } from './find-expired-source-activity.queries.js';
import { findUnusedTokenBuckets } from './find-unused-token-buckets.queries.js';
import { apiKeysDeleted, auditRowsDeleted, expiredKeysDeleted, rejectionsDeleted, retentionFailures, samplesDeleted, tokenBucketsDeleted } from './retention.metrics.js';

/**
 * Deletes expired rows of tables without partitions, without waiting for others' locks: idempotency keys, counts of
 * rejections, duplicates, sources and numbers over time after LOCKSTEP_RETENTION, audit rows and revoked API keys after
 * LOCKSTEP_AUDIT_RETENTION, full buckets of rate limits. Ingest treats an expired key as deleted, so a late deletion is harmless.
 */
@Injectable()
export class ExpiredRowsSweeper extends ExpiringRowsSweeper {
  constructor(@InjectPool('keys') pool: pg.Pool, @InjectConfig() { retentionMs }: Pick<Config, 'retentionMs'>, @InjectLogger() logger: Logger) {
    super({
      pool,
      lock: 'lockstep.expired-keys',
      tables: [
        { find: findExpiredKeys, delete: deleteExpiredKeys, onDeleted: (rows) => expiredKeysDeleted.inc(rows) },
        {
          find: { run: (parameters: { limit: number }, database: Database) => findExpiredRejections.run({ ...parameters, retentionMs }, database) },
          delete: { run: (parameters: { places: string[] }, database: Database) => deleteExpiredRejections.run({ ...parameters, retentionMs }, database) },
          onDeleted: (rows) => rejectionsDeleted.inc(rows),
        },
        {
          find: { run: (parameters: { limit: number }, database: Database) => findExpiredDuplicates.run({ ...parameters, retentionMs }, database) },
          delete: { run: (parameters: { places: string[] }, database: Database) => deleteExpiredDuplicates.run({ ...parameters, retentionMs }, database) },
          onDeleted: (rows) => rejectionsDeleted.inc(rows),
        },
        {
          find: { run: (parameters: { limit: number }, database: Database) => findExpiredSourceActivity.run({ ...parameters, retentionMs }, database) },
          delete: { run: (parameters: { places: string[] }, database: Database) => deleteExpiredSourceActivity.run({ ...parameters, retentionMs }, database) },
          onDeleted: (rows) => rejectionsDeleted.inc(rows),
        },
        {
          find: { run: (parameters: { limit: number }, database: Database) => findExpiredSamples.run({ ...parameters, retentionMs }, database) },
          delete: { run: (parameters: { places: string[] }, database: Database) => deleteExpiredSamples.run({ ...parameters, retentionMs }, database) },
          onDeleted: (rows) => samplesDeleted.inc(rows),
        },
        {
          find: { run: (parameters: { limit: number }, database: Database) => findExpiredFormerSamples.run({ ...parameters, retentionMs }, database) },
          delete: { run: (parameters: { places: string[] }, database: Database) => deleteExpiredFormerSamples.run({ ...parameters, retentionMs }, database) },
          onDeleted: (rows) => samplesDeleted.inc(rows),
        },
        { find: findExpiredApiKeys, delete: deleteExpiredApiKeys, onDeleted: (rows) => apiKeysDeleted.inc(rows) },
        { find: findExpiredAuditRows, delete: deleteExpiredAuditRows, onDeleted: (rows) => auditRowsDeleted.inc(rows) },
        { find: findUnusedTokenBuckets, delete: deleteUnusedTokenBuckets, onDeleted: (rows) => tokenBucketsDeleted.inc(rows) },
      ],
      onError: (err) => {
        retentionFailures.inc({ sweeper: 'keys' });
        logger.warn({ err }, 'Expired keys, rejections, numbers over time, audit rows, revoked API keys or token buckets could not be deleted; retrying in a minute');
      },
    });
  }
}
