import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generateKeyPairSync, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { itAgreesWith } from '../fixtures/oracle-suite.js';
import { verdictOf } from '../fixtures/verdict.js';
import { standardWebhooks } from './standard-webhooks.js';

const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const BODY = '{"test": 2432232314}';
const SIGNED_AT_S = 1_614_265_330;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const V1 = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const V1A = 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==';
const PUBLIC_KEY = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';

/** The example of the specification and of Svix' documentation, for both schemes. */
const published = (signature: string, secrets: readonly string[], changes: { readonly headers?: Record<string, string>; readonly body?: string; readonly ageS?: number; readonly prefix?: string } = {}): ReturnType<typeof verdictOf> => {
  const { headers = {}, body = BODY, ageS = 0, prefix = 'webhook' } = changes;
  const given = { [`${prefix}-id`]: ID, [`${prefix}-timestamp`]: String(SIGNED_AT_S), [`${prefix}-signature`]: signature, ...headers };
  return verdictOf(standardWebhooks, { headers: given, body: Buffer.from(body), receivedAtMs: (SIGNED_AT_S + ageS) * 1_000 }, secrets);
};

const secret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);

describe('standard-webhooks', () => {
  itAgreesWith('standardwebhooks', {
    provider: standardWebhooks,
    secret,
    sign: (body, key, signedAtMs) => ({ 'webhook-id': ID, 'webhook-timestamp': String(Math.floor(signedAtMs / 1_000)), 'webhook-signature': new Webhook(key).sign(ID, new Date(signedAtMs), body) }),
    verify: (body, headers, key) => {
      new Webhook(key).verify(body.toString(), headers, { jsonParse: false });
      return true;
    },
    signatureHeader: 'webhook-signature',
    signedHeaders: ['webhook-id', 'webhook-timestamp'],
    expires: true,
  }, { runs: 20 });

  it.each([
    ['v1', V1, [SECRET]],
    ['v1 with a bare secret', V1, [SECRET.slice('whsec_'.length)]],
    ['v1a', V1A, [PUBLIC_KEY]],
    ['both, by the secret', `${V1} ${V1A}`, [SECRET]],
    ['both, by the public key', `${V1} ${V1A}`, [PUBLIC_KEY]],
    ['one of several secrets', V1, ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', PUBLIC_KEY, SECRET]],
    ['one of several signatures', `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5 ${V1} v1,`, [SECRET]],
  ])('accepts the published example of %s', async (_, signature, secrets) => {
    expect(await published(signature, secrets)).toBe('genuine');
    expect(await published(signature, secrets, { prefix: 'svix' })).toBe('genuine');
  });

  it.each([
    ['another secret', 'mismatch', V1, ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'], {}],
    ['a public key for v1', 'mismatch', V1, [PUBLIC_KEY], {}],
    ['a secret for v1a', 'mismatch', V1A, [SECRET], {}],
    ['v1a under the name v1', 'mismatch', V1A.replace('v1a', 'v1'), [PUBLIC_KEY, SECRET], {}],
    ['no secret', 'mismatch', V1, [], {}],
    ['another body', 'mismatch', V1A, [PUBLIC_KEY], { body: `${BODY}\n` }],
    ['another id', 'mismatch', V1A, [PUBLIC_KEY], { headers: { 'webhook-id': `${ID}x` } }],
    ['another time', 'mismatch', V1A, [PUBLIC_KEY], { headers: { 'webhook-timestamp': String(SIGNED_AT_S + 1) } }],
    ['a time with a leading zero', 'mismatch', V1, [SECRET], { headers: { 'webhook-timestamp': `0${SIGNED_AT_S}` } }],
    ['a time that is none', 'malformed', V1, [SECRET], { headers: { 'webhook-timestamp': `${SIGNED_AT_S}x` } }],
    ['an id with a dot', 'malformed', V1, [SECRET], { headers: { 'webhook-id': `${ID}.1` } }],
    ['no id', 'missing', V1, [SECRET], { headers: { 'webhook-id': '' } }],
    ['no version that it knows', 'missing', 'v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=', [SECRET], {}],
    ['a part of a signature', 'mismatch', V1.slice(0, 7), [SECRET], {}],
    ['a signature without padding', 'malformed', V1.slice(0, -1), [SECRET], {}],
    ['a signature in hex', 'mismatch', `v1,${Buffer.from(V1.slice(3), 'base64').toString('hex')}`, [SECRET], {}],
    ['a signature in base64url', 'malformed', V1.replaceAll('+', '-').replaceAll('/', '_'), [SECRET], {}],
    ['other bits after the last byte', 'malformed', V1.replace('E=', 'F='), [SECRET], {}],
    ['five minutes and a second ago', 'expired', V1, [SECRET], { ageS: 301 }],
    ['five minutes and a second ahead', 'expired', V1A, [PUBLIC_KEY], { ageS: -301 }],
  ])('refuses %s: %s', async (_, reason, signature, secrets, changes) => {
    expect(await published(signature, secrets, changes)).toBe(reason);
  });

  it('reads id, time and signature from headers of one kind, so that the id is the one that was signed', async () => {
    const other = { 'svix-id': 'msg_other', 'svix-timestamp': '1', 'svix-signature': V1 };
    expect(await published(V1, [SECRET], { headers: other })).toBe('genuine');
    expect(await published(V1, [SECRET], { prefix: 'svix', headers: { 'webhook-id': 'msg_other' } })).toBe('missing');
  });

  it('verifies at most four ed25519 signatures, so that a request of a stranger costs little', async () => {
    const wrong = `v1a,${Buffer.alloc(64, 1).toString('base64')}`;
    expect(await published([wrong, wrong, wrong, V1A].join(' '), [PUBLIC_KEY])).toBe('genuine');
    expect(await published([wrong, wrong, wrong, wrong, V1A].join(' '), [PUBLIC_KEY])).toBe('malformed');
  });

  it('accepts what any ed25519 key signs, and refuses it with a change in any byte', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.constantFrom('body', 'signature', 'key'), async (bytes, position, part) => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const at = Math.floor(Date.now() / 1_000);
      const body = Buffer.from(bytes);
      const signature = sign(null, Buffer.concat([Buffer.from(`${ID}.${at}.`), body]), privateKey);
      const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
      const verdict = (): ReturnType<typeof verdictOf> => verdictOf(standardWebhooks, {
        headers: { 'webhook-id': ID, 'webhook-timestamp': String(at), 'webhook-signature': `v1a,${signature.toString('base64')}` }, body,
      }, [`whpk_${key.toString('base64')}`]);
      expect(await verdict()).toBe('genuine');
      const changed = { body, signature, key }[part];
      changed[position % changed.length] = (changed[position % changed.length] ?? 0) ^ 1;
      expect(await verdict()).toBe('mismatch');
    }), { numRuns: 50 });
  });

  it.each([
    [SECRET, undefined],
    [SECRET.slice('whsec_'.length), undefined],
    // 18 bytes, as in Svix' documentation, although the standard recommends 24.
    ['whsec_plJ3nmyCDGBKInavdOK15jsl', undefined],
    [PUBLIC_KEY, undefined],
    ['', /whsec_/],
    ['whsec_', /whsec_/],
    ['whsec_%', /whsec_/],
    [`${SECRET} `, /whsec_/],
    ['whpk_AAAA', /32 bytes/],
    ['whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==', /private key/],
  ])('takes %j for a secret, or says why not', (text, problem) => {
    expect(standardWebhooks.secretProblem?.(text, {}) ?? 'none').toMatch(problem ?? /^none$/);
  });
});
