import { Counter } from 'prom-client';

export const samplesNotCounted = new Counter({
  name: 'lockstep_samples_not_counted_total',
  help: 'Values that are missing in the numbers over time, because too many different ones waited to be stored',
});
