import { describe, expect, it } from '@jest/globals';
import { example, fieldsOf } from '../fixtures/fields.js';
import { verdictOf } from '../fixtures/verdict.js';
import { hmacOf } from '../signatures.js';
import { shopify } from './shopify.js';

const SECRET = 'hush';
const HEADERS = { 'x-shopify-shop-domain': 'jsmith.myshopify.com', 'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043', 'content-type': 'application/json' };
const payload = (name: string): Buffer => example('shopify', name);
const signed = (body: Buffer, secret = SECRET): Record<string, string> => ({ ...HEADERS, 'x-shopify-hmac-sha256': hmacOf('sha256', secret, [body]).toString('base64') });

describe('shopify', () => {
  it.each([
    ['orders/create', 'orders-create.json', 'jsmith.myshopify.com/820982911946154508'],
    ['orders/delete', 'orders-delete.json', 'jsmith.myshopify.com/820982911946154508'],
    ['inventory_levels/update', 'inventory-levels-update.json', 'jsmith.myshopify.com/271878346596884015'],
    ['customers/redact', 'customers-redact.json', 'jsmith.myshopify.com/191167'],
    ['bulk_operations/finish', 'bulk-operations-finish.json', 'jsmith.myshopify.com/gid://shopify/BulkOperation/147595010'],
  ])('accepts %s, of the entity %s', async (topic, file, entity) => {
    const body = payload(file);
    const headers = { ...signed(body), 'x-shopify-topic': topic };
    expect(await verdictOf(shopify, { body, headers }, ['other', SECRET])).toBe('genuine');
    expect(fieldsOf(shopify, headers, body)).toEqual({ id: HEADERS['x-shopify-webhook-id'], type: topic, entity });
  });

  it('takes a body without any id for one of the shop', () => {
    const body = Buffer.from('{"updated_at":"2026-11-29T12:00:00Z"}');
    expect(fieldsOf(shopify, HEADERS, body).entity).toBe('jsmith.myshopify.com/shop');
  });

  it.each([
    ['no signature', 'missing', {}],
    ['an empty one', 'missing', { 'x-shopify-hmac-sha256': '' }],
    ['one in hex', 'mismatch', { 'x-shopify-hmac-sha256': hmacOf('sha256', SECRET, [payload('orders-delete.json')]).toString('hex') }],
    ['one without padding', 'malformed', { 'x-shopify-hmac-sha256': hmacOf('sha256', SECRET, [payload('orders-delete.json')]).toString('base64').slice(0, -1) }],
    ['one of SHA-1', 'mismatch', { 'x-shopify-hmac-sha256': hmacOf('sha1', SECRET, [payload('orders-delete.json')]).toString('base64') }],
    ['one of another secret', 'mismatch', signed(payload('orders-delete.json'), 'other')],
    ['one of another body', 'mismatch', signed(payload('orders-create.json'))],
  ])('refuses %s: %s', async (_, reason, headers) => {
    expect(await verdictOf(shopify, { body: payload('orders-delete.json'), headers }, [SECRET])).toBe(reason);
  });

  it('says that an access token is no secret', () => {
    expect(shopify.secretProblem?.('shpat_0123456789abcdef', {})).toMatch(/client secret/);
    expect(shopify.secretProblem?.('shpss_0123456789abcdef', {})).toBeUndefined();
  });
});
