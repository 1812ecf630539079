import { type DashboardOptions } from './dashboard.js';
import { figure, graph, mean, rate } from './panels.js';

export const SOURCES: DashboardOptions = {
  uid: 'lockstep-sources',
  title: 'Lockstep: Sources',
  description: 'Where events come from: the API, webhooks, Kafka topics; and what came twice.',
  rows: [
    {
      title: 'Events',
      panels: [
        graph({ title: 'Accepted', description: 'By source and operation.', unit: 'cps', queries: [[rate('lockstep_events_accepted_total', 'source, operation'), '{{source}} {{operation}}']] }, { isStacked: true }),
        graph({ title: 'Deduplicated', description: 'Duplicates: events with a known key.', unit: 'cps', queries: [[rate('lockstep_events_deduplicated_total', 'source, operation'), '{{source}} {{operation}}']] }, { isStacked: true }),
        graph({
          title: 'Share of duplicates', description: 'Of all events that arrived. A spike: somebody repeats, such as a client that does not get its answers.', unit: 'percentunit',
          queries: [[`${rate('lockstep_events_deduplicated_total', 'source, operation')} / (${rate('lockstep_events_deduplicated_total', 'source, operation')} + ${rate('lockstep_events_accepted_total', 'source, operation')} > 0)`, '{{source}} {{operation}}']],
        }),
      ],
    },
    {
      title: 'API',
      panels: [
        graph({ title: 'Items in a batch', description: 'Mean.', unit: 'short', queries: [[mean('lockstep_batch_items'), 'items']] }),
        graph({ title: 'Refused items', description: 'Items of batches, by problem code.', unit: 'cps', queries: [[`${rate('lockstep_batch_items_rejected_total', 'code')} > 0 or on() vector(0)`, '{{code}}']] }),
        graph({ title: 'Rate limited', description: 'Events refused with 429, by the limit.', unit: 'cps', queries: [[rate('lockstep_ingest_rate_limited_total', 'limit'), '{{limit}}']] }),
      ],
    },
    {
      title: 'Webhooks',
      panels: [
        graph({ title: 'Requests', description: 'By outcome. unverified: a wrong signature.', unit: 'reqps', queries: [[rate('lockstep_source_requests_total', 'outcome'), '{{outcome}}']] }, { isStacked: true }),
        graph({ title: 'Requests by provider', description: 'All outcomes.', unit: 'reqps', queries: [[rate('lockstep_source_requests_total', 'provider'), '{{provider}}']] }),
        graph({ title: 'Wrong signatures', description: 'By reason. expired: the signed time is too far from now.', unit: 'reqps', queries: [[rate('lockstep_source_rejected_total', 'reason'), '{{reason}}']] }),
      ],
    },
    {
      title: 'Kafka topics',
      panels: [
        figure({ title: 'Failing sources', description: 'They cannot be read now.', unit: 'short', queries: [['sum(lockstep_sources_failing)', 'sources']] }, { redFrom: 1 }),
        figure({ title: 'Halted partitions', description: 'Stopped at a record that cannot be an event.', unit: 'short', queries: [['sum(lockstep_source_partitions_halted)', 'partitions']] }, { redFrom: 1 }),
        figure({ title: 'Gaps', description: 'Times that a topic had lost records which were not read, in the time shown.', unit: 'short', queries: [['sum(increase(lockstep_source_gaps_total[$__range]))', 'gaps']] }, { redFrom: 1 }),
        graph({ title: 'Records', description: 'By outcome.', unit: 'cps', queries: [[rate('lockstep_source_records_total', 'outcome'), '{{outcome}}']] }, { isStacked: true }),
        graph({ title: 'Lag', description: 'Records of each source that are not stored.', unit: 'short', queries: [['sum by (source) (lockstep_source_lag_records)', '{{source}}']] }),
      ],
    },
  ],
};
