import { describe, expect, it } from '@jest/globals';
import { createSecretKey, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { webhookSignature } from './signature.js';

describe('webhookSignature', () => {
  const body = Buffer.from('{"amount":12345678901234567890,"name":"Zoë"}');
  const timestampSeconds = Math.floor(Date.now() / 1_000);
  const keys = [randomBytes(24), randomBytes(32)];
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': webhookSignature(keys.map((key) => createSecretKey(key)), 'evt_1', timestampSeconds, body),
  };

  it.each(keys.map((key) => key.toString('base64')))('is accepted by the standard\'s own library, with any live secret', (secret) => {
    expect(new Webhook(`whsec_${secret}`).verify(body.toString(), headers)).toBeDefined();
  });

  it('is refused by it for another body', () => {
    expect(() => new Webhook(`whsec_${keys[0]?.toString('base64') ?? ''}`).verify('{}', headers)).toThrow();
  });
});
