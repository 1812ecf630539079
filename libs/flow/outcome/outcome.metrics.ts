import { Histogram } from 'prom-client';
import { conflictsOf } from '#ground/postgres/conflicts.metrics';
import { STATEMENT_BUCKETS_SECONDS } from '#ground/telemetry/metrics';

export const outcomeBatchAttempts = new Histogram({
  name: 'lockstep_outcome_batch_attempts',
  help: 'Attempts whose outcome one statement commits',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
});

export const outcomeCommitSeconds = new Histogram({
  name: 'lockstep_outcome_commit_duration_seconds',
  help: 'Duration of one commit of outcomes',
  buckets: STATEMENT_BUCKETS_SECONDS,
});

export const outcomeConflicts = conflictsOf('outcome');
