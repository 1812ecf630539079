import { STRIPE_SECRET, STRIPE_SECRET_RULE } from '#domain/stripe-secret';
import { decodedSignature, hmacOf, MOST_ITEMS, mustBeFresh, mustHave, mustMatch, secondsToMs, USUAL_TOLERANCE_MS } from '../signatures.js';
import { NO_SETTINGS, RECEIVED, webhookProvider } from '../webhook-provider.js';

/** https://docs.stripe.com/webhooks#verify-manually */
export const stripe = webhookProvider({
  name: 'stripe',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => (STRIPE_SECRET.test(secret) ? undefined : STRIPE_SECRET_RULE),
  fields: {
    id: 'json:/id',
    type: 'json:/type',
    // A customer is an account where Stripe uses accounts for both. Thin events name their object. An object without an id,
    // such as a balance, is its account's.
    entity: 'json:/data/object/customer|json:/data/object/customer_account|json:/data/object/id|json:/related_object/id|json:/account|json:/context|source:name',
  },
  // A resend has another `pending_webhooks`.
  comparesBodies: false,
  keptHeaders: ['stripe-signature'],
  reply: RECEIVED,
  verifier: () => ({ headers, body, receivedAtMs }, secrets) => {
    // During the rotation of a secret there is a v1 for each. v0 belongs to test events, and proves nothing.
    const items = mustHave(headers, 'stripe-signature').split(',', MOST_ITEMS);
    const timestamp = items.findLast((item) => item.startsWith('t='))?.slice(2) ?? '';
    const signedAtMs = secondsToMs(timestamp);
    const given = items.filter((item) => item.startsWith('v1=')).map((item) => decodedSignature(item.slice(3), 'hex'));
    mustMatch(given, secrets, (secret) => hmacOf('sha256', secret, [timestamp, '.', body]));
    mustBeFresh(signedAtMs, receivedAtMs, USUAL_TOLERANCE_MS);
  },
});
