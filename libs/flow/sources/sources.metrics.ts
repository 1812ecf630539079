import { Counter } from 'prom-client';

export const sourceRequestsNotCounted = new Counter({
  name: 'lockstep_source_requests_not_counted_total',
  help: 'Requests that are missing from the statistics of sources, because too many entries were waiting to be stored',
});
