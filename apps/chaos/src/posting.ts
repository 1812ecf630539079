import { createHmac } from 'node:crypto';
import type { Origin } from './history.js';

/** How a client posts its events to a gateway. */
export interface Posting {
  readonly origin: Origin;
  readonly path: string;
  /** One in so many accepted events is posted again at the next gateway, which must know the key. */
  readonly repeatEvery: number;
  readonly headersOf: (key: string, body: string) => Readonly<Record<string, string>>;
}

/** Posts to the API. */
export function apiPosting(adminKey: string): Posting {
  return {
    origin: 'api',
    path: '/v1/events',
    repeatEvery: 20,
    headersOf: (key) => ({ authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', 'idempotency-key': `"${key}"` }),
  };
}

/** Signed webhooks to a source with the provider `hmac`. Providers resend more than they must. */
export function webhookPosting(source: string, secret: string): Posting {
  return {
    origin: 'webhook',
    path: `/in/${source}`,
    repeatEvery: 5,
    headersOf: (key, body) => ({
      'content-type': 'application/json',
      'idempotency-key': key,
      'x-webhook-signature': createHmac('sha256', secret).update(body).digest('hex'),
    }),
  };
}
