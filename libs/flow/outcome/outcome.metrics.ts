import { Histogram } from 'prom-client';

export const outcomeBatchSize = new Histogram({
  name: 'lockstep_outcome_batch_size',
  help: 'Outcomes per statement',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
});
