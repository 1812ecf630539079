import { expect, it } from '@jest/globals';
import { apiPosting, webhookPosting } from './posting.js';

it('posts to the API with the key as a quoted string', () => {
  expect(apiPosting('secret').headersOf('a/1', '{}')).toMatchObject({ authorization: 'Bearer secret', 'idempotency-key': '"a/1"' });
});

it('signs webhooks with the secret, over the body', () => {
  const posting = webhookPosting('shop', 'key');
  expect(posting.path).toBe('/in/shop');
  // openssl dgst -sha256 -hmac key
  expect(posting.headersOf('a/1', 'The quick brown fox jumps over the lazy dog')).toMatchObject({
    'idempotency-key': 'a/1', 'x-webhook-signature': 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  });
});
