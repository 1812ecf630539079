import type { SourceProviderName, WebhookProviderName } from '#domain/source-provider';
import { stripe } from './providers/stripe.js';
import type { WebhookProvider } from './webhook-provider.js';

/** All providers of webhooks. Settings are checked by a provider's own schema before they reach it. */
export const webhookProviders: Partial<Record<WebhookProviderName, WebhookProvider>> = { stripe };

/** Undefined for a source that gets no webhooks. */
export function providerOf(name: SourceProviderName): WebhookProvider | undefined {
  return name === 'kafka' ? undefined : webhookProviders[name];
}
