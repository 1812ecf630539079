import { Counter } from 'prom-client';
import { WEBHOOK_PROVIDERS } from '#domain/source-provider';
import { SIGNATURE_FAILURES } from './webhook-provider.js';

/**
 * `answered` brought no event, such as the check of an address; `unverified` is not from the provider; `refused` and `failed`
 * were answered with 4xx and 5xx.
 */
const OUTCOMES = ['accepted', 'duplicate', 'answered', 'unverified', 'refused', 'failed'] as const;
export type WebhookOutcome = (typeof OUTCOMES)[number];

export const sourceRequests = new Counter({
  name: 'lockstep_source_requests_total',
  help: 'Requests to webhook sources, by provider and what became of them',
  labelNames: ['provider', 'outcome'],
});

export const sourceRejected = new Counter({
  name: 'lockstep_source_rejected_total',
  help: 'Requests to webhook sources with a wrong signature, by provider and reason',
  labelNames: ['provider', 'reason'],
});

// A series that begins with 1 has no increase: the first error would raise no alert.
for (const provider of WEBHOOK_PROVIDERS) {
  for (const outcome of OUTCOMES) sourceRequests.inc({ provider, outcome }, 0);
  for (const reason of SIGNATURE_FAILURES) sourceRejected.inc({ provider, reason }, 0);
}
