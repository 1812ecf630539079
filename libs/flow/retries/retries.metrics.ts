import { Counter } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

export const retryTokens = closedCounter({
  name: 'lockstep_retry_tokens_total',
  help: 'Retry tokens that came due: woken (their delivery was waiting and started), or stale (nothing waited for them any more)',
  labels: { result: ['woken', 'stale'] },
});

export const foreignTokens = new Counter({
  name: 'lockstep_foreign_retry_tokens_total',
  help: 'Records on a retry topic that are not retry tokens; skipped',
});
