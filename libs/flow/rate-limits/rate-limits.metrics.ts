import { Counter } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

export const ingestRateLimited = closedCounter({
  name: 'lockstep_ingest_rate_limited_total',
  help: 'Events refused with 429, by the limit that had no tokens left: that of the API key, or of the tenant. Each item of a batch counts',
  labels: { limit: ['key', 'tenant'] },
});

export const leaseStatements = new Counter({
  name: 'lockstep_rate_limit_statements_total',
  help: 'Statements that took tokens of rate limits from Postgres or returned them',
});

export const tokensLeased = new Counter({
  name: 'lockstep_rate_limit_tokens_leased_total',
  help: 'Tokens of rate limits that this process took in advance, to be used without a statement',
});

export const tokensReturned = new Counter({
  name: 'lockstep_rate_limit_tokens_returned_total',
  help: 'Tokens of rate limits that were taken in advance and returned unused',
});
