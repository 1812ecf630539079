import { describe, expect, it } from '@jest/globals';
import { createSecretKey, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { standardWebhooks } from '#flow/sources/webhooks/providers/standard-webhooks';
import { verdictOf } from '#flow/sources/webhooks/fixtures/verdict';
import { webhookSignature } from './signature.js';
import { newSigningSecret, publicKeyOf, signingKeyOf } from './signing-secret.js';

const body = Buffer.from('{"amount":12345678901234567890,"name":"Zoë"}');
const timestampSeconds = Math.floor(Date.now() / 1_000);

const headersOf = (secrets: readonly string[]): Record<string, string> => ({
  'webhook-id': 'evt_1', 'webhook-timestamp': String(timestampSeconds), 'webhook-signature': webhookSignature(secrets.map(signingKeyOf), 'evt_1', timestampSeconds, body),
});

describe('webhookSignature', () => {
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

  it('of v1a is what the reference implementation makes of its example', () => {
    // test_asymmetric_key_signing of Svix' server.
    const key = signingKeyOf('whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==');
    expect(webhookSignature([key], 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, Buffer.from('{"test": 2432232314}'))).toBe('v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==');
  });

  it('of both schemes is accepted by either kind of receiver, while an endpoint changes from one to the other', async () => {
    const [shared, pair] = [newSigningSecret('v1'), newSigningSecret('v1a')];
    const both = headersOf([pair, shared]);
    expect(new Webhook(shared).verify(body.toString(), both)).toBeDefined();
    for (const secret of [shared, publicKeyOf(pair) ?? '']) expect(await verdictOf(standardWebhooks, { headers: both, body }, [secret])).toBe('genuine');
    const other = publicKeyOf(newSigningSecret('v1a')) ?? '';
    expect(await verdictOf(standardWebhooks, { headers: both, body }, [other])).toBe('mismatch');
  });
});
