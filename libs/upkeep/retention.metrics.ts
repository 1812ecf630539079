import { Counter, Gauge } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

export const expiredKeysDeleted = new Counter({
  name: 'lockstep_expired_keys_deleted_total',
  help: 'Idempotency keys deleted after their retention',
});

export const rejectionsDeleted = new Counter({
  name: 'lockstep_rejections_deleted_total',
  help: 'Counts of rejections, of events\' duplicates and of what came to sources, deleted after LOCKSTEP_RETENTION',
});

export const samplesDeleted = new Counter({
  name: 'lockstep_samples_deleted_total',
  help: 'Rows of time series deleted: those of minutes after two days, those of hours after LOCKSTEP_RETENTION',
});

export const auditRowsDeleted = new Counter({
  name: 'lockstep_audit_rows_deleted_total',
  help: 'Rows of the audit log deleted after LOCKSTEP_AUDIT_RETENTION',
});

export const tokenBucketsDeleted = new Counter({
  name: 'lockstep_token_buckets_deleted_total',
  help: "Token buckets of rate limits deleted after a day without use",
});

export const apiKeysDeleted = new Counter({
  name: 'lockstep_api_keys_deleted_total',
  help: 'Revoked API keys deleted after LOCKSTEP_AUDIT_RETENTION',
});

export const daysRetired = new Counter({
  name: 'lockstep_retention_dropped_partitions_total',
  help: 'Partitions of a day of events that were dropped after LOCKSTEP_RETENTION; a day counts once',
});

export const daysOverdue = new Gauge({
  name: 'lockstep_retention_overdue_partitions',
  help: 'Partitions of a day of events past LOCKSTEP_RETENTION that are kept because some of their work is open, as of the last hourly sweep; a day counts once',
});

export const retentionFailures = closedCounter({
  name: 'lockstep_retention_failures_total',
  help: 'Failed deletions of what is past its retention, which are retried: keys (with rejections, audit rows and token buckets) or days',
  labels: { sweeper: ['keys', 'days'] },
});
