import { publicUrlOf } from '../public-url.js';
import { decodedSignature, hmacOf, mustHave, mustMatch } from '../signatures.js';
import { NO_SETTINGS, RECEIVED, webhookProvider } from '../webhook-provider.js';

/**
 * https://developer.squareup.com/docs/webhooks/step3validate
 * Signed are the URL and the body, and no time. `X-Square-Signature` (SHA-1) is ignored.
 */
export const square = webhookProvider({
  name: 'square',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => (/^(?:EAAA|sq0)/.test(secret) ? 'must be the signature key of the webhook subscription, and not an access token or application secret' : undefined),
  fields: {
    id: 'json:/event_id',
    type: 'json:/type',
    // Some events, such as catalog.version.updated, are about no single object.
    entity: '{json:/merchant_id}/{json:/data/id|json:/data/type|merchant}',
  },
  comparesBodies: false,
  signsUrl: () => true,
  keptHeaders: ['square-environment', 'square-initial-delivery-timestamp', 'square-retry-number', 'square-retry-reason', 'x-square-hmacsha256-signature'],
  reply: RECEIVED,
  verifier: () => (request, secrets) => {
    const given = decodedSignature(mustHave(request.headers, 'x-square-hmacsha256-signature'), 'base64');
    const url = publicUrlOf(request);
    mustMatch([given], secrets, (secret) => hmacOf('sha256', secret, [url, request.body]));
  },
});
