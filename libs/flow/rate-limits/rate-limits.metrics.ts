import { Counter } from 'prom-client';

export const ingestRateLimited = new Counter({
  name: 'lockstep_ingest_rate_limited_total',
  help: 'Events refused with 429, by the limit that had no tokens left; items of a batch count each',
  labelNames: ['limit'],
});

export const leaseStatements = new Counter({
  name: 'lockstep_rate_limit_statements_total',
  help: 'Statements that took tokens from buckets in Postgres or returned them',
});

export const tokensLeased = new Counter({
  name: 'lockstep_rate_limit_tokens_leased_total',
  help: 'Tokens leased ahead, to be used without a statement',
});

export const tokensReturned = new Counter({
  name: 'lockstep_rate_limit_tokens_returned_total',
  help: 'Tokens that were leased ahead and returned unused',
});
