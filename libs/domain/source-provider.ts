/** The source of events that are posted to the API. */
export const API_SOURCE = 'api' as const;
/** The source of operational events, which Lockstep makes itself. */
export const OPERATIONAL_SOURCE = 'lockstep';

/** Providers whose sources get webhooks. Each has a file of its name in libs/flow/sources/webhooks/providers. */
export const WEBHOOK_PROVIDERS = [
  'stripe', 'github', 'shopify', 'slack', 'twilio', 'square', 'paypal', 'standard-webhooks', 'hmac', 'basic', 'none',
] as const;
export type WebhookProviderName = (typeof WEBHOOK_PROVIDERS)[number];

/** What a source can get its events from. */
export const SOURCE_PROVIDERS = [...WEBHOOK_PROVIDERS, 'kafka'] as const;
export type SourceProviderName = (typeof SOURCE_PROVIDERS)[number];
