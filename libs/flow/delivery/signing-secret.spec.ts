import { createHash, randomBytes, sign, verify, createPublicKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newSigningSecret, publicKeyOf, schemeOf, SIGNING_SECRET, signingKeyOf, signingSecretProblem } from './signing-secret.js';

/** Of the documentation of Svix' server. */
const PRIVATE_KEY = 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const PUBLIC_KEY = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';
const SEED = `whsk_${Buffer.from(PRIVATE_KEY.slice(5), 'base64').subarray(0, 32).toString('base64')}`;

const sharedOf = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;

describe('a new secret', () => {
  it.each(['v1', 'v1a'] as const)('of %s is one that may be given, and never the same twice', (scheme) => {
    const secrets = Array.from({ length: 50 }, () => newSigningSecret(scheme));
    expect(secrets.filter((secret) => signingSecretProblem(secret, scheme) !== undefined || !SIGNING_SECRET.test(secret))).toEqual([]);
    expect(new Set(secrets).size).toBe(50);
    expect(secrets.map((secret) => schemeOf(publicKeyOf(secret)))).toEqual(secrets.map(() => scheme));
  });
});

describe('a secret that is given', () => {
  it('for v1 has 24 to 64 bytes', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 90 }), (bytes) => {
      expect(signingSecretProblem(sharedOf(bytes), 'v1') === undefined).toBe(bytes >= 24 && bytes <= 64);
    }), { numRuns: 300 });
  });

  it.each(['whsec_', 'whsec_%', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7o', sharedOf(32).replace('whsec_', 'hwsec_'), ` ${sharedOf(32)}`, `${sharedOf(32)}\n`, PRIVATE_KEY])('for v1 is not %j', (secret) => {
    expect(signingSecretProblem(secret, 'v1')).toMatch(/whsec_ and the base64 of 24 to 64 bytes/);
  });

  it('for v1a is a seed, or a seed with its public key', () => {
    expect([PRIVATE_KEY, SEED].map((secret) => signingSecretProblem(secret, 'v1a'))).toEqual([undefined, undefined]);
    const other = `whsk_${Buffer.concat([Buffer.from(SEED.slice(5), 'base64'), randomBytes(32)]).toString('base64')}`;
    expect(signingSecretProblem(other, 'v1a')).toMatch(/public key of its seed/);
  });

  it.each([PUBLIC_KEY, 'whsk_', `whsk_${randomBytes(33).toString('base64')}`, `whsk_${randomBytes(63).toString('base64')}`, PRIVATE_KEY.slice(0, -1), sharedOf(32)])('for v1a is not %j', (secret) => {
    expect(signingSecretProblem(secret, 'v1a')).toMatch(/whsk_ and the base64 of an ed25519 seed/);
  });
});

describe('the key of a secret', () => {
  it('of v1a signs alike from both spellings, for the documented public key', () => {
    expect([publicKeyOf(PRIVATE_KEY), publicKeyOf(SEED)]).toEqual([PUBLIC_KEY, PUBLIC_KEY]);
    const text = createHash('sha256').update('any').digest();
    const [whole, seed] = [sign(null, text, signingKeyOf(PRIVATE_KEY)), sign(null, text, signingKeyOf(SEED))];
    expect(whole.equals(seed)).toBe(true);
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(PUBLIC_KEY.slice(5), 'base64')]);
    expect(verify(null, text, createPublicKey({ key: spki, format: 'der', type: 'spki' }), whole)).toBe(true);
  });

  it('of v1 is shared: there is no public one', () => {
    const secret = sharedOf(24);
    expect([signingKeyOf(secret).type, publicKeyOf(secret)]).toEqual(['secret', null]);
  });
});
