import { describe, expect, it } from '@jest/globals';
import { sign, verify } from '@octokit/webhooks-methods';
import fc from 'fast-check';
import { itAgreesWith } from '../fixtures/oracle-suite.js';
import { verdictOf } from '../fixtures/verdict.js';
import { github } from './github.js';

const SIGNATURE = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
const SECRET = "It's a Secret to Everybody";

/** The example of GitHub's documentation. */
const published = (signature: string | undefined, secrets: readonly string[] = [SECRET], body = 'Hello, World!'): ReturnType<typeof verdictOf> =>
  verdictOf(github, { headers: signature === undefined ? {} : { 'x-hub-signature-256': signature }, body: Buffer.from(body) }, secrets);

describe('github', () => {
  itAgreesWith('@octokit/webhooks-methods', {
    provider: github,
    secret: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    sign: async (body, secret) => ({ 'x-hub-signature-256': await sign(secret, body) }),
    verify: (body, headers, secret) => verify(secret, body.toString(), headers['x-hub-signature-256'] ?? ''),
    signatureHeader: 'x-hub-signature-256',
    expires: false,
  }, { runs: 20 });

  it('accepts the published example, with any of its secrets', async () => {
    expect(await published(SIGNATURE)).toBe('genuine');
    expect(await published(SIGNATURE, ['another', SECRET, 'a third'])).toBe('genuine');
  });

  it.each([
    ['no signature', undefined, 'missing'],
    ['an empty one', '', 'missing'],
    ['one without its prefix', SIGNATURE.slice('sha256='.length), 'malformed'],
    ['one of SHA-1', 'sha1=7b1d5ed4f5b6b2b1a5b4e1b1e8f5f4b6d1c2a3b4', 'malformed'],
    ['one in capitals', SIGNATURE.toUpperCase().replace('SHA', 'sha'), 'malformed'],
    ['one in base64', `sha256=${Buffer.from(SIGNATURE.slice(7), 'hex').toString('base64')}`, 'malformed'],
    ['a part of it', SIGNATURE.slice(0, -2), 'mismatch'],
    ['more than it', `${SIGNATURE}00`, 'mismatch'],
    ['it twice', `${SIGNATURE}, ${SIGNATURE}`, 'malformed'],
  ])('refuses %s', async (_, signature, reason) => {
    expect(await published(signature)).toBe(reason);
  });

  it('refuses another body or secret, and everything without a secret', async () => {
    expect(await published(SIGNATURE, [SECRET], 'Hello, World!\n')).toBe('mismatch');
    expect(await published(SIGNATURE, [`${SECRET} `])).toBe('mismatch');
    expect(await published(SIGNATURE, [])).toBe('mismatch');
  });
});
