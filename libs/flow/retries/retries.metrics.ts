import { Counter } from 'prom-client';

export const retryTokens = new Counter({
  name: 'lockstep_retry_tokens_total',
  help: 'Retry tokens that came due: woken (their head was waiting), or stale',
  labelNames: ['result'] as const,
});

export const foreignTokens = new Counter({
  name: 'lockstep_foreign_retry_tokens_total',
  help: 'Records on a retry topic that are not retry tokens; skipped',
});
