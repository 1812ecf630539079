import type { SourceProviderName, WebhookProviderName } from '#domain/source-provider';
import { basic } from './providers/basic.js';
import { github } from './providers/github.js';
import { hmac } from './providers/hmac.js';
import { none } from './providers/none.js';
import { paypal } from './providers/paypal.js';
import { shopify } from './providers/shopify.js';
import { slack } from './providers/slack.js';
import { square } from './providers/square.js';
import { standardWebhooks } from './providers/standard-webhooks.js';
import { stripe } from './providers/stripe.js';
import { twilio } from './providers/twilio.js';
import type { WebhookProvider } from './webhook-provider.js';

/** All providers of webhooks. Settings are checked by a provider's own schema before they reach it. */
export const webhookProviders: Readonly<Record<WebhookProviderName, WebhookProvider>> = {
  stripe, github, shopify, slack, twilio, square, paypal, 'standard-webhooks': standardWebhooks, hmac, basic, none,
};

/** Undefined for a source that gets no webhooks. */
export function providerOf(name: SourceProviderName): WebhookProvider | undefined {
  return name === 'kafka' ? undefined : webhookProviders[name];
}
