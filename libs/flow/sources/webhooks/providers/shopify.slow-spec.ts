import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { itAgreesWith } from '../fixtures/oracle-suite.js';
import { installOracles } from '../fixtures/oracles.js';
import { shopify } from './shopify.js';

interface ShopifyPackage {
  readonly ApiVersion: { readonly October26: string };
  readonly shopifyApi: (options: object) => { readonly webhooks: { validate(request: { rawBody: string; rawRequest: Request }): Promise<{ valid: boolean }> } };
}

interface ShopifyRuntime {
  readonly createSHA256HMAC: (secret: string, payload: string) => Promise<string>;
}

const load = await installOracles();

if (load === undefined) {
  it.skip("shopify verifies as its own package does", () => undefined);
} else {
  await load('@shopify/shopify-api/adapters/web-api');
  const { ApiVersion, shopifyApi } = await load<ShopifyPackage>('@shopify/shopify-api');
  const { createSHA256HMAC } = await load<ShopifyRuntime>('@shopify/shopify-api/runtime');

  describe('shopify', () => {
    itAgreesWith('@shopify/shopify-api', {
      provider: shopify,
      secret: fc.stringMatching(/^(shpss_)?[0-9a-f]{32}$/),
      sign: async (body, secret) => ({
        'x-shopify-hmac-sha256': await createSHA256HMAC(secret, body), 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': 'jsmith.myshopify.com', 'x-shopify-api-version': '2026-10', 'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      }),
      verify: async (body, headers, apiSecretKey) => {
        const { webhooks } = shopifyApi({ apiKey: 'key', apiSecretKey, hostName: 'hooks.example.com', apiVersion: ApiVersion.October26, isEmbeddedApp: true, logger: { level: 0, log: () => undefined } });
        const rawBody = body.toString();
        return (await webhooks.validate({ rawBody, rawRequest: new Request('https://hooks.example.com/in/shopify', { method: 'POST', headers, body: rawBody }) })).valid;
      },
      signatureHeader: 'x-shopify-hmac-sha256',
      expires: false,
    });
  });
}
