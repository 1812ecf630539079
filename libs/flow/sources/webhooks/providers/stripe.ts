import { z } from 'zod';
import { decodedSignature, hmacOf, mustBeFresh, mustMatch, USUAL_TOLERANCE_MS } from '../signatures.js';
import { SignatureError, webhookProvider } from '../webhook-provider.js';

const HEADER = 'stripe-signature';
const SECONDS = /^\d{1,12}$/;

/** https://docs.stripe.com/webhooks#verify-manually */
export const stripe = webhookProvider({
  name: 'stripe',
  settings: z.strictObject({}),
  secrets: 'required',
  secretProblem: (secret) => (secret.startsWith('whsec_') ? undefined : 'must be the signing secret of the webhook endpoint, which begins with whsec_'),
  fields: { id: 'json:/id', type: 'json:/type', entity: 'json:/data/object/customer/id|json:/data/object/customer|json:/data/object/id' },
  // A resend has another `pending_webhooks`.
  comparesBodies: false,
  keptHeaders: [],
  reply: { status: 200, contentType: 'application/json; charset=utf-8', body: '{"received":true}' },
  verifier: () => ({ headers: { [HEADER]: header }, body, receivedAtMs }, secrets) => {
    if (typeof header !== 'string') throw new SignatureError('missing');
    const items = header.split(',').map((item) => item.trim());
    const timestamp = items.find((item) => item.startsWith('t='))?.slice(2) ?? '';
    if (!SECONDS.test(timestamp)) throw new SignatureError('malformed');
    const given = items.filter((item) => item.startsWith('v1=')).map((item) => decodedSignature(item.slice(3), 'hex'));
    mustMatch(given, secrets, (secret) => hmacOf('sha256', secret, [timestamp, '.', body]));
    mustBeFresh(Number(timestamp) * 1_000, receivedAtMs, USUAL_TOLERANCE_MS);
  },
});
