import { Counter, Gauge } from 'prom-client';

export const expiredKeysDeleted = new Counter({
  name: 'lockstep_expired_keys_deleted_total',
  help: 'Idempotency keys deleted after their retention',
});

export const daysRetired = new Counter({
  name: 'lockstep_days_retired_total',
  help: 'Days whose partitions were dropped after LOCKSTEP_RETENTION',
});

export const daysOverdue = new Gauge({
  name: 'lockstep_days_overdue',
  help: 'Days that are over for LOCKSTEP_RETENTION and still have partitions, because something of them is open; as of the last look, hourly',
});

/** `keys` or `days`: what could not be swept. */
export const retentionFailures = new Counter({
  name: 'lockstep_retention_failures_total',
  help: 'Rounds of retention that failed and are tried again',
  labelNames: ['sweeper'] as const,
});
