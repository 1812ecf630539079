import { describe, expect, it } from '@jest/globals';
import { example, fieldsOf } from '../fixtures/fields.js';
import { verdictOf, webhookRequest } from '../fixtures/verdict.js';
import { hmacOf } from '../signatures.js';
import { square } from './square.js';

/** The example of https://developer.squareup.com/docs/webhooks/step3validate */
const SECRET = 'asdf1234';
const URL = 'https://example.com/webhook';
const BODY = '{"hello":"world"}';
const SIGNATURE = '2kRE5qRU2tR+tBGlDwMEw2avJ7QM4ikPYD/PJ3bd9Og=';

const published = ({ signature = SIGNATURE, body = BODY, publicUrl = URL, secrets = [SECRET] }): ReturnType<typeof verdictOf> =>
  verdictOf(square, { body: Buffer.from(body), headers: { 'x-square-hmacsha256-signature': signature }, publicUrl }, secrets);
const payload = (name: string): Buffer => example('square', name);

describe('square', () => {
  it('accepts the published example', async () => {
    expect(await published({})).toBe('genuine');
    expect(await published({ secrets: ['other', SECRET] })).toBe('genuine');
  });

  it.each([
    ['no signature', 'missing', { signature: '' }],
    ['hex', 'mismatch', { signature: Buffer.from(SIGNATURE, 'base64').toString('hex') }],
    ['base64url', 'malformed', { signature: SIGNATURE.replace('+', '-').replace('/', '_') }],
    ['no padding', 'malformed', { signature: SIGNATURE.slice(0, -1) }],
    ['other bits after the last byte', 'malformed', { signature: SIGNATURE.replace('g=', 'h=') }],
    ['SHA-1', 'mismatch', { signature: hmacOf('sha1', SECRET, [URL, BODY]).toString('base64') }],
    ['another body', 'mismatch', { body: `${BODY}\n` }],
    ['another path', 'mismatch', { publicUrl: `${URL}/` }],
    ['another scheme', 'mismatch', { publicUrl: URL.replace('https', 'http') }],
    ['a query', 'mismatch', { publicUrl: `${URL}?a=1` }],
    ['another secret', 'mismatch', { secrets: ['asdf12345'] }],
  ])('refuses %s: %s', async (_, reason, changes) => {
    expect(await published(changes)).toBe(reason);
  });

  it.each([
    ['payment-created.json', '13b867cf-db3d-4b1c-90b6-2f32a9d78124', 'payment.created', '6SSW7HV8K2ST5/KkAkhdMsgzn59SM8A89WgKwekxLZY'],
    ['catalog-version-updated.json', 'c9a1b0e9-3c1a-4f6b-9d1b-2f0d4d6b8f3e', 'catalog.version.updated', '6SSW7HV8K2ST5/catalog'],
    ['authorization-revoked.json', '5ae9b1f5-9f0e-4a5f-8f40-7e3b1e9c2a11', 'oauth.authorization.revoked', '6SSW7HV8K2ST5/bb6e7d3f-6b0a-4b8e-8a39-4fd3c3a54d1d'],
  ])('reads %s', async (name, id, type, entity) => {
    const body = payload(name);
    const request = webhookRequest({ body, publicUrl: URL, headers: { 'x-square-hmacsha256-signature': hmacOf('sha256', SECRET, [URL, body]).toString('base64') } });
    expect(await verdictOf(square, request, [SECRET])).toBe('genuine');
    expect(fieldsOf(square, request.headers, request.body)).toEqual({ id, type, entity });
  });

  it('says what to set while the public URL is not known', async () => {
    const headers = { 'x-square-hmacsha256-signature': SIGNATURE };
    await expect(verdictOf(square, { body: Buffer.from(BODY), headers, target: '/in/square?a=1' }, [SECRET])).rejects.toMatchObject({ name: 'UnverifiableError', message: expect.stringMatching(/set LOCKSTEP_PUBLIC_URL .* without \/in\/square$/) });
  });

  it('says that an access token is no secret', () => {
    expect(square.secretProblem?.('EAAAEXAMPLE', {})).toMatch(/signature key/);
    expect(square.secretProblem?.(SECRET, {})).toBeUndefined();
  });
});
