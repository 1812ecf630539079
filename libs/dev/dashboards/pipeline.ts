import { type DashboardOptions } from './dashboard.js';
import { graph, mean, percentiles, rate } from './panels.js';

export const PIPELINE: DashboardOptions = {
  uid: 'lockstep-pipeline',
  title: 'Lockstep: Pipeline',
  description: 'Each step of an event on its way: rate, batch size, latency and backlog.',
  rows: [
    {
      title: 'Accept (gateway to Postgres)',
      panels: [
        graph({ title: 'Accepted', description: 'Events per second, by source and operation.', unit: 'cps', queries: [[rate('lockstep_events_accepted_total', 'source, operation'), '{{source}} {{operation}}']] }, { isStacked: true }),
        graph({ title: 'Commits', description: 'Duration of a commit, idempotency check included.', unit: 's', queries: percentiles('lockstep_ingest_commit_duration_seconds') }),
        graph({ title: 'Events in a commit', description: 'Mean. It grows with the load.', unit: 'short', queries: [[mean('lockstep_ingest_batch_events'), 'events']] }),
        graph({ title: 'Queue', description: 'Requests that waited for their commit, and how many may before new ones are shed.', unit: 'short', queries: [['sum(lockstep_ingest_queue_requests)', 'waiting'], ['sum(lockstep_ingest_queue_limit_requests)', 'limit']] }),
        graph({ title: 'Shed', description: 'Requests answered with 503 before they were read.', unit: 'reqps', queries: [[rate('lockstep_requests_shed_total'), 'shed']] }),
        graph({ title: 'Event loop', description: 'The longest of the 99th percentiles of all processes. Above 100 ms a process is short of CPU.', unit: 's', queries: [['max by (job) (lockstep_nodejs_eventloop_lag_p99_seconds)', '{{job}}']] }),
      ],
    },
    {
      title: 'Relay (Postgres to Kafka)',
      panels: [
        graph({ title: 'Relayed', description: 'Records that Kafka acknowledged, by topic.', unit: 'cps', queries: [[rate('lockstep_relayed_records_total', 'topic'), '{{topic}}']] }),
        graph({ title: 'Sends', description: 'Until all in-sync replicas have the records.', unit: 's', queries: percentiles('lockstep_relay_send_duration_seconds') }),
        graph({ title: 'Records in a send', description: 'Mean.', unit: 'short', queries: [[mean('lockstep_relay_batch_records'), 'records']] }),
        graph({ title: 'Outbox', description: 'Rows that are not in Kafka yet, of which 10,000 a shard are counted.', unit: 'short', queries: [['max(lockstep_outbox_depth)', 'accepted events'], ['sum(lockstep_dispatch_outbox_depth)', 'dispatch']] }),
        graph({ title: 'Oldest in the outbox', description: 'Age.', unit: 's', queries: [['max(lockstep_outbox_oldest_age_seconds)', 'accepted events'], ['max(lockstep_dispatch_outbox_oldest_age_seconds)', 'dispatch']] }),
        graph({ title: 'Failures', description: 'The relay tries again. refused: a record is too large for its topic, and its shard waits.', unit: 'cps', queries: [[rate('lockstep_relay_errors_total', 'step'), '{{step}}']] }),
      ],
    },
    {
      title: 'Admission (Kafka to lanes)',
      panels: [
        graph({ title: 'Admitted', description: 'Events per second. Duplicates are records that came twice, and are harmless; repaired ones came from Postgres.', unit: 'cps', queries: [[rate('lockstep_events_admitted_total'), 'admitted'], [rate('lockstep_duplicate_admissions_total'), 'duplicates'], [rate('lockstep_repaired_events_total'), 'repaired']] }),
        graph({ title: 'Statements', description: 'Duration of an admission.', unit: 's', queries: percentiles('lockstep_admission_duration_seconds') }),
        graph({ title: 'Events in a statement', description: 'Mean.', unit: 'short', queries: [[mean('lockstep_admission_batch_events'), 'events']] }),
        graph({ title: 'Lag by shard', description: 'Records of each partition that are not admitted.', unit: 'short', queries: [['sum by (shard) (lockstep_shard_lag_records)', 'shard {{shard}}']] }),
        graph({ title: 'Owned shards', description: 'By dispatcher.', unit: 'short', queries: [['lockstep_owned_shards', '{{instance}}']] }, { isStacked: true }),
        graph({ title: 'Changes of leases', description: 'lost and suspended come with outages.', unit: 'short', queries: [['sum by (change) (increase(lockstep_lease_changes_total[$__rate_interval]))', '{{change}}']] }),
      ],
    },
    {
      title: 'Delivery (lanes to endpoints)',
      panels: [
        graph({ title: 'Attempts', description: 'By response class.', unit: 'reqps', queries: [[rate('lockstep_attempts_total', 'response'), '{{response}}']] }, { isStacked: true }),
        graph({ title: 'Duration of attempts', description: 'The endpoints decide it.', unit: 's', queries: percentiles('lockstep_attempt_duration_seconds') }),
        graph({ title: 'Lanes', description: 'Lanes with pending deliveries in memory, by state.', unit: 'short', queries: [['sum by (state) (lockstep_lanes)', '{{state}}']] }, { isStacked: true }),
        graph({ title: 'Commits of outcomes', description: 'Duration.', unit: 's', queries: percentiles('lockstep_outcome_commit_duration_seconds') }),
        graph({ title: 'Attempts in a commit', description: 'Mean.', unit: 'short', queries: [[mean('lockstep_outcome_batch_attempts'), 'attempts']] }),
        graph({ title: 'Retries', description: 'By the tier that they wait on.', unit: 'cps', queries: [[rate('lockstep_retries_total', 'tier'), '{{tier}}']] }),
      ],
    },
  ],
};
