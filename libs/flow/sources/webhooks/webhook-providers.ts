import type { WebhookProviderName } from '#domain/source-provider';
import { basic } from './providers/basic.js';
import { github } from './providers/github.js';
import { hmac } from './providers/hmac.js';
import { none } from './providers/none.js';
import { standardWebhooks } from './providers/standard-webhooks.js';
import { stripe } from './providers/stripe.js';
import type { WebhookProvider } from './webhook-provider.js';

/** All providers of webhooks. Settings are checked by a provider's own schema before they reach it. */
export const webhookProviders: Partial<Record<WebhookProviderName, WebhookProvider>> = { stripe, github, 'standard-webhooks': standardWebhooks, hmac, basic, none };
