import { Counter } from 'prom-client';

export const tokensUsed = new Counter({
  name: 'lockstep_rate_limit_tokens_used_total',
  help: 'Requests to endpoints with a rate limit that were written, each with a token',
});
