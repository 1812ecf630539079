import { describe, expect, it } from '@jest/globals';
import { installOracles } from '#flow/sources/webhooks/fixtures/oracles';
import { webhookSignature } from './signature.js';
import { newSigningSecret, signingKeyOf } from './signing-secret.js';

interface SvixPackage {
  readonly Webhook: new (secret: string) => { verify(payload: string, headers: Record<string, string>): void };
}

const load = await installOracles();

if (load === undefined) {
  it.skip("Svix' package accepts our signatures", () => undefined);
} else {
  const { Webhook } = await load<SvixPackage>('svix');

  describe("Svix' package", () => {
    const [first, second, pair] = [newSigningSecret('v1'), newSigningSecret('v1'), newSigningSecret('v1a')];
    const body = '{"name":"Zoë"}';
    const timestampSeconds = Math.floor(Date.now() / 1_000);
    const headersOf = (secrets: readonly string[]): Record<string, string> => ({
      'webhook-id': 'evt_1', 'webhook-timestamp': String(timestampSeconds), 'webhook-signature': webhookSignature(secrets.map(signingKeyOf), 'evt_1', timestampSeconds, Buffer.from(body)),
    });

    it.each([[first], [second]])('accepts a request that is signed with several secrets, of both schemes, by any of v1', (secret) => {
      expect(() => new Webhook(secret).verify(body, headersOf([pair, first, second]))).not.toThrow();
    });

    it('refuses one that is signed with others', () => {
      expect(() => new Webhook(first).verify(body, headersOf([pair, second]))).toThrow();
    });
  });
}
