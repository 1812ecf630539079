import { Counter, Histogram } from 'prom-client';

export const eventsAdmitted = new Counter({
  name: 'lockstep_events_admitted_total',
  help: 'Events admitted to the inbox',
});

export const deliveriesFiltered = new Counter({
  name: 'lockstep_deliveries_filtered_total',
  help: 'Deliveries that were not made because the event does not match the filter of the endpoint',
});

export const duplicateAdmissions = new Counter({
  name: 'lockstep_duplicate_admissions_total',
  help: 'Records of events that were admitted before: delivered again by Kafka, or sent twice by a relay',
});

export const foreignRecords = new Counter({
  name: 'lockstep_foreign_records_total',
  help: 'Records on the events topic that Lockstep did not write there, by reason; parked on the dlq topic unless retired',
  labelNames: ['reason'] as const,
});

export const admissionBatchSize = new Histogram({
  name: 'lockstep_admission_batch_size',
  help: 'Events in one admission statement',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
});

export const repairedEvents = new Counter({
  name: 'lockstep_repaired_events_total',
  help: 'Events admitted straight from Postgres because the log had lost them or passed over them',
});
