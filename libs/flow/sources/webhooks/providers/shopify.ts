import { decodedSignature, hmacOf, mustHave, mustMatch } from '../signatures.js';
import { NO_SETTINGS, RECEIVED, webhookProvider } from '../webhook-provider.js';

/**
 * https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
 * The signature covers the body only: neither shop, topic nor id, and no time.
 */
export const shopify = webhookProvider({
  name: 'shopify',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => (/^shp(?:at|ca|pa|ua)_/.test(secret) ? 'must be the client secret of the app or the signing secret of the store\'s webhooks, and not an access token' : undefined),
  fields: {
    // Of one subscription's delivery: the same for resends. `X-Shopify-Event-Id` is the same for all topics of a change.
    id: 'header:x-shopify-webhook-id',
    type: 'header:x-shopify-topic',
    // The number, since webhooks about deletions have no `admin_graphql_api_id`. Some resources have nothing else.
    entity: '{header:x-shopify-shop-domain}/{json:/id|json:/inventory_item_id|json:/admin_graphql_api_id|json:/customer/id|shop}',
  },
  comparesBodies: false,
  keptHeaders: [
    'x-shopify-topic', 'x-shopify-shop-domain', 'x-shopify-webhook-id', 'x-shopify-event-id', 'x-shopify-triggered-at', 'x-shopify-api-version', 'x-shopify-sub-topic', 'x-shopify-name',
    'x-shopify-hmac-sha256',
  ],
  reply: RECEIVED,
  verifier: () => ({ headers, body }, secrets) => {
    const given = decodedSignature(mustHave(headers, 'x-shopify-hmac-sha256'), 'base64');
    mustMatch([given], secrets, (secret) => hmacOf('sha256', secret, [body]));
  },
});
