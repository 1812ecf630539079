import { WEBHOOK_PROVIDERS } from '#domain/source-provider';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { SIGNATURE_FAILURES } from './webhook-provider.js';

/**
 * `answered` brought no event, such as the check of an address; `unverified` is not from the provider; `refused` and `failed`
 * were answered with 4xx and 5xx.
 */
const OUTCOMES = ['accepted', 'duplicate', 'answered', 'unverified', 'refused', 'failed'] as const;
export type WebhookOutcome = (typeof OUTCOMES)[number];

export const sourceRequests = closedCounter({
  name: 'lockstep_source_requests_total',
  help: 'Requests to webhook sources, by provider and outcome: accepted, duplicate, answered (brought no event), unverified (wrong signature), refused (another 4xx), failed (5xx)',
  labels: { provider: WEBHOOK_PROVIDERS, outcome: OUTCOMES },
});

export const sourceRejected = closedCounter({
  name: 'lockstep_source_rejected_total',
  help: 'Requests to webhook sources with a wrong signature, by provider and reason',
  labels: { provider: WEBHOOK_PROVIDERS, reason: SIGNATURE_FAILURES },
});
