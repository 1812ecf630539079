import { Histogram } from 'prom-client';

export const outcomeBatchAttempts = new Histogram({
  name: 'lockstep_outcome_batch_attempts',
  help: 'Attempts whose outcome one statement commits',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
});

export const outcomeCommitSeconds = new Histogram({
  name: 'lockstep_outcome_commit_duration_seconds',
  help: 'Duration of one commit of outcomes',
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
