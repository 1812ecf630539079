import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verdictOf } from '../fixtures/verdict.js';
import { basic } from './basic.js';

const verdict = (authorization: string | undefined, secrets: readonly string[]): ReturnType<typeof verdictOf> => verdictOf(basic, { headers: authorization === undefined ? {} : { authorization } }, secrets);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('basic', () => {
  it("accepts the RFC's example", async () => {
    // RFC 7617, 2 and 2.1.
    expect(await verdict('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', ['Aladdin:open sesame'])).toBe('genuine');
    expect(await verdict('Basic dGVzdDoxMjPCow==', ['other:1', 'test:123£'])).toBe('genuine');
    expect(await verdict('basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==', ['Aladdin:open sesame'])).toBe('genuine');
  });

  it('refuses all but one of its secrets', async () => {
    const text = fc.string({ minLength: 1 });
    await fc.assert(fc.asyncProperty(text, text, async (given, secret) => {
      expect(await verdict(`Basic ${base64(given)}`, [secret])).toBe(given === secret ? 'genuine' : 'mismatch');
      expect(await verdict(`Basic ${base64(secret)}`, [given, secret])).toBe('genuine');
    }));
  });

  it.each([
    [undefined, 'missing'],
    ['', 'missing'],
    ['Basic', 'malformed'],
    ['Basic ', 'malformed'],
    ['Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'malformed'],
    ['Basic Aladdin:open sesame', 'malformed'],
    ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ', 'malformed'],
    ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'malformed'],
    [`Basic ${base64('Aladdin:open sesame ')}`, 'mismatch'],
    [`Basic ${base64('Aladdin')}`, 'mismatch'],
  ])('refuses %j: %s', async (authorization, reason) => {
    expect(await verdict(authorization, ['Aladdin:open sesame'])).toBe(reason);
    expect(await verdict(authorization, [])).not.toBe('genuine');
  });

  it.each([['user:password', true], ['user:pass:word', true], ['user', false], ['user:', false], [':password', false], ['us\ner:password', false], ['user:pass\0word', false]])('takes %j for a secret: %s', (secret, isOne) => {
    expect(basic.secretProblem?.(secret, {}) === undefined).toBe(isOne);
  });
});
