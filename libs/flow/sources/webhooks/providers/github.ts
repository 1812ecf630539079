import { decodedSignature, hmacOf, mustHave, mustMatch } from '../signatures.js';
import { NO_SETTINGS, RECEIVED, SignatureError, webhookProvider } from '../webhook-provider.js';

const PREFIX = 'sha256=';

/**
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * The signature covers the body only: neither the event's name nor its id, and no time. `X-Hub-Signature` (SHA-1) is ignored.
 */
export const github = webhookProvider({
  name: 'github',
  settings: NO_SETTINGS,
  secrets: 'required',
  fields: {
    // Of the event, not of the delivery: it is the same for redeliveries, and for all webhooks that the event goes to.
    id: 'header:x-github-delivery',
    type: '{header:x-github-event}.{json:/action}|header:x-github-event',
    entity: 'json:/repository/full_name|json:/organization/login|json:/enterprise/slug|json:/installation/id|json:/sender/login|source:name',
  },
  comparesBodies: false,
  // For webhooks with the content type application/x-www-form-urlencoded, GitHub's default.
  jsonField: 'payload',
  keptHeaders: [
    'x-github-event', 'x-github-delivery', 'x-github-hook-id', 'x-github-hook-installation-target-type', 'x-github-hook-installation-target-id', 'x-hub-signature-256',
  ],
  reply: RECEIVED,
  verifier: () => ({ headers, body }, secrets) => {
    const header = mustHave(headers, 'x-hub-signature-256');
    if (!header.startsWith(PREFIX)) throw new SignatureError('malformed');
    mustMatch([decodedSignature(header.slice(PREFIX.length), 'hex')], secrets, (secret) => hmacOf('sha256', secret, [body]));
  },
});
