import { type DashboardOptions } from './dashboard.js';
import { figure, graph, percentiles, rate } from './panels.js';

export const STORES: DashboardOptions = {
  uid: 'lockstep-stores',
  title: 'Lockstep: Postgres and Kafka',
  description: 'How Postgres and Kafka serve Lockstep, as its processes see it. Their own exporters tell more.',
  rows: [
    {
      title: 'Postgres',
      panels: [
        figure({ title: 'Partitions ahead', description: 'Time until events are refused because their day has no partition. Usually a week.', unit: 's', queries: [['min(lockstep_partitions_ahead_seconds)', 'left']] }),
        figure({ title: 'Lock waits', description: 'Sessions that wait for a lock of another one.', unit: 'short', queries: [['max(lockstep_postgres_lock_waits)', 'sessions']] }, { redFrom: 10 }),
        figure({ title: 'Longest transaction', description: 'While it is open, dead rows cannot be removed.', unit: 's', queries: [['max(lockstep_postgres_longest_transaction_seconds)', 'age']] }, { redFrom: 600 }),
        figure({ title: 'Size', description: 'Of the database on disk.', unit: 'bytes', queries: [['max(lockstep_postgres_database_bytes)', 'bytes']] }),
        figure({ title: 'Overdue days', description: 'Days past the retention that are kept because some of their work is open.', unit: 'short', queries: [['max(lockstep_retention_overdue_partitions)', 'days']] }),
        figure({ title: 'Failed partitions', description: 'Failed attempts to create partitions in the time shown.', unit: 'short', queries: [['sum(increase(lockstep_partition_failures_total[$__range]))', 'failures']] }, { redFrom: 1 }),
        graph({ title: 'Busy connections', description: 'By pool, over all processes.', unit: 'short', queries: [['sum by (job, pool) (lockstep_postgres_pool_connections{state="busy"})', '{{job}} {{pool}}']] }),
        graph({ title: 'Waiting for a connection', description: 'Statements, by pool. More than a moment: the pool is too small, or Postgres too slow.', unit: 'short', queries: [['sum by (job, pool) (lockstep_postgres_pool_waiting)', '{{job}} {{pool}}']] }),
        graph({ title: 'Use of the pools', description: 'Open connections, of those that a pool may have.', unit: 'percentunit', queries: [['sum by (job, pool) (lockstep_postgres_pool_connections) / sum by (job, pool) (lockstep_postgres_pool_max_connections)', '{{job}} {{pool}}']] }),
        graph({ title: 'Conflicts', description: 'Statements rolled back because of another one, and sent again.', unit: 'cps', queries: [[rate('lockstep_postgres_conflicts_total', 'statement'), '{{statement}}']] }),
        graph({ title: 'Lock waits', description: 'Sessions, of any program.', unit: 'short', queries: [['max(lockstep_postgres_lock_waits)', 'sessions']] }),
        graph({ title: 'Caches', description: 'Share of the look-ups that do not need Postgres.', unit: 'percentunit', queries: [[`${rate('lockstep_cache_lookups_total{result="hit"}', 'cache')} / (${rate('lockstep_cache_lookups_total', 'cache')} > 0)`, '{{cache}}']] }),
        graph({ title: 'Growth', description: 'Size of the database.', unit: 'bytes', queries: [['max(lockstep_postgres_database_bytes)', 'bytes']] }),
        graph({ title: 'Deleted after retention', description: 'Rows per second.', unit: 'cps', queries: [[rate('lockstep_expired_keys_deleted_total'), 'idempotency keys'], [rate('lockstep_rejections_deleted_total'), 'rejections'], [rate('lockstep_samples_deleted_total'), 'statistics'], [rate('lockstep_audit_rows_deleted_total'), 'audit rows']] }),
        graph({ title: 'Failures of retention', description: 'By what was to be deleted.', unit: 'short', queries: [['sum by (sweeper) (increase(lockstep_retention_failures_total[$__rate_interval]))', '{{sweeper}}']] }),
      ],
    },
    {
      title: 'Kafka',
      panels: [
        graph({ title: 'Sends', description: 'Until all in-sync replicas have the records.', unit: 's', queries: percentiles('lockstep_relay_send_duration_seconds') }),
        graph({ title: 'Records', description: 'Acknowledged, by topic.', unit: 'cps', queries: [[rate('lockstep_relayed_records_total', 'topic'), '{{topic}}']] }),
        graph({ title: 'Failures', description: 'Of sends, which are tried again.', unit: 'cps', queries: [[rate('lockstep_relay_errors_total', 'step'), '{{step}}']] }),
        graph({ title: 'Lag by shard', description: 'Records of each partition of the events topic that are not admitted.', unit: 'short', queries: [['sum by (shard) (lockstep_shard_lag_records)', 'shard {{shard}}']] }),
        graph({ title: 'Foreign records', description: 'Records that Lockstep did not write, by reason.', unit: 'cps', queries: [[rate('lockstep_foreign_records_total', 'reason'), '{{reason}}'], [rate('lockstep_foreign_retry_tokens_total'), 'on retry topics']] }),
        graph({ title: 'Repaired', description: 'Events admitted from Postgres because Kafka did not have them.', unit: 'cps', queries: [[rate('lockstep_repaired_events_total'), 'events']] }),
      ],
    },
  ],
};
