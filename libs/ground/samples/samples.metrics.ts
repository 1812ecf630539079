import { Counter } from 'prom-client';

export const samplesNotCounted = new Counter({
  name: 'lockstep_samples_not_counted_total',
  help: 'Values that are missing from the time series of GET /v1/metrics, because too many different ones were waiting to be stored',
});
