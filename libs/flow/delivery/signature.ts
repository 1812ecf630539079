import { createHmac, type KeyObject, sign } from 'node:crypto';

/**
 * `webhook-signature` of the Standard Webhooks specification over `id.timestamp.body`: HMAC-SHA-256 (v1) by a shared key,
 * ed25519 (v1a) by a private key, in base64. One for each live key, separated by spaces.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @param keys key objects, because making one for each signature took an eighth of the dispatcher's time
 * @param timestampSeconds seconds since 1970, as in `webhook-timestamp`
 */
export function webhookSignature(keys: readonly KeyObject[], id: string, timestampSeconds: number, body: Uint8Array): string {
  return keys
    .map((key) => (key.type === 'private'
      ? `v1a,${sign(null, Buffer.concat([Buffer.from(`${id}.${timestampSeconds}.`), body]), key).toString('base64')}`
      : `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.`).update(body).digest('base64')}`))
    .join(' ');
}
