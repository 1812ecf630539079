import { Counter } from 'prom-client';

export const sourceRequestsNotCounted = new Counter({
  name: 'lockstep_source_requests_not_counted_total',
  help: 'Requests that the statistics of sources lack, because too many entries waited to be stored',
});
