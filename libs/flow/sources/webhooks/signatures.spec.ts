import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodedSignature, hmacOf, isSame, mustBeFresh, mustHave, mustMatch, secondsToMs, USUAL_TOLERANCE_MS } from './signatures.js';

const failure = (reason: string): unknown => expect.objectContaining({ name: 'SignatureError', reason });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 }).map((array) => Buffer.from(array));

describe('decodedSignature', () => {
  it('reads back what an encoder writes', () => {
    fc.assert(fc.property(bytes, fc.constantFrom('hex' as const, 'base64' as const), (signature, encoding) => decodedSignature(signature.toString(encoding), encoding)?.equals(signature) === true));
  });

  it('takes one text only for the same bytes', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'09afAFgz+/=-_ \n') }), fc.constantFrom('hex' as const, 'base64' as const), (text, encoding) => {
      const decoded = decodedSignature(text, encoding);
      return decoded === undefined || decoded.toString(encoding) === text;
    }));
  });

  it.each([['', 'hex'], ['a', 'hex'], ['abc', 'hex'], ['AB', 'hex'], ['zz', 'hex'], ['ab ', 'hex'], ['0xab', 'hex'], ['', 'base64'], ['YQ', 'base64'], ['YR==', 'base64'], ['YQ==\n', 'base64'], ['-_-_', 'base64'], ['=', 'base64']] as const)('refuses %j as %s', (text, encoding) => {
    expect(decodedSignature(text, encoding)).toBeUndefined();
  });
});

describe('hmacOf', () => {
  // RFC 4231, 4.3 (test case 2), and RFC 2202, 3 (test case 2).
  it.each([
    ['sha256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    ['sha512', '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737'],
    ['sha1', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
  ] as const)('computes the published value of %s, in any parts', (algorithm, hex) => {
    expect(hmacOf(algorithm, 'Jefe', ['what do ya want ', Buffer.from('for nothing?')]).toString('hex')).toBe(hex);
  });
});

describe('mustMatch', () => {
  const expectedBy = (secret: string): Buffer => hmacOf('sha256', secret, ['body']);

  it('finds the one signature and the one secret that belong together', () => {
    fc.assert(fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), fc.array(bytes, { maxLength: 4 }), fc.nat(), (secrets, others, position) => {
      const right = expectedBy(secrets[position % secrets.length] ?? '');
      expect(() => mustMatch([...others.slice(0, position % 4), undefined, right, ...others.slice(position % 4)], secrets, expectedBy)).not.toThrow();
    }));
  });

  it('says what is wrong', () => {
    expect(() => mustMatch([], ['a'], expectedBy)).toThrow(failure('missing'));
    expect(() => mustMatch([undefined], ['a'], expectedBy)).toThrow(failure('malformed'));
    expect(() => mustMatch([expectedBy('b')], ['a', 'c'], expectedBy)).toThrow(failure('mismatch'));
    expect(() => mustMatch([expectedBy('a')], [], expectedBy)).toThrow(failure('mismatch'));
    expect(() => mustMatch([expectedBy('a').subarray(1)], ['a'], expectedBy)).toThrow(failure('mismatch'));
  });

  it('leaves out a secret that is not in the right encoding', () => {
    expect(() => mustMatch([expectedBy('a')], ['bad', 'a'], (secret) => (secret === 'bad' ? undefined : expectedBy(secret)))).not.toThrow();
    expect(() => mustMatch([expectedBy('a')], ['a'], () => undefined)).toThrow(failure('mismatch'));
  });
});

describe('mustBeFresh', () => {
  it('allows the tolerance in both directions, and not a millisecond more', () => {
    for (const sign of [1, -1]) {
      expect(() => mustBeFresh(1e12 + sign * USUAL_TOLERANCE_MS, 1e12, USUAL_TOLERANCE_MS)).not.toThrow();
      expect(() => mustBeFresh(1e12 + sign * (USUAL_TOLERANCE_MS + 1), 1e12, USUAL_TOLERANCE_MS)).toThrow(failure('expired'));
    }
    expect(() => mustBeFresh(NaN, 1e12, USUAL_TOLERANCE_MS)).toThrow(failure('malformed'));
  });
});

describe('secondsToMs', () => {
  it('takes whole seconds only', () => {
    expect([secondsToMs('1614265330'), secondsToMs('0')]).toEqual([1_614_265_330_000, 0]);
    for (const text of ['', '-1', '1.5', '1e3', ' 1', '1\n', '0x1', '1614265330000', '９']) expect(() => secondsToMs(text)).toThrow(failure('malformed'));
  });
});

describe('mustHave', () => {
  it('returns the value of a header that has one', () => {
    expect(mustHave({ 'x-signature': 'a' }, 'x-signature')).toBe('a');
    for (const headers of [{}, { 'x-signature': '' }, { 'x-signature': ['a', 'b'] }]) expect(() => mustHave(headers, 'x-signature')).toThrow(failure('missing'));
  });
});

describe('isSame', () => {
  it('compares all bytes', () => {
    fc.assert(fc.property(bytes, bytes, (a, b) => isSame(a, b) === a.equals(b) && isSame(a, Buffer.from(a))));
  });
});
