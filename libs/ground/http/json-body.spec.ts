import { expect, it } from '@jest/globals';
import { LockstepError } from '#domain/problem';
import { parseJsonBody } from './json-body.js';

const refusalOf = (body: Buffer): LockstepError => {
  try {
    parseJsonBody(body);
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
  throw new Error('The body was taken');
};

it.each([
  ['a byte order mark', Buffer.from('\ufeff{}'), /byte order mark/],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), /UTF-8/],
  ['Latin-1', Buffer.from('{"a":"é"}', 'latin1'), /UTF-8/],
  ['an overlong form', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), /UTF-8/],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /UTF-8/],
  ['a cut character', Buffer.from([0x22, 0xf0, 0x9f, 0x98]), /UTF-8/],
  ['nothing', Buffer.alloc(0), /not valid JSON/],
  ['a NUL', Buffer.from('\0'), /not valid JSON/],
  ['a million brackets that do not close', Buffer.from('['.repeat(1_000_000)), /not valid JSON/],
])('refuses %s as invalid_request', (_name, body, reason) => {
  const refusal = refusalOf(body);
  expect(refusal).toMatchObject({ code: 'invalid_request', errors: [{ path: '', message: refusal.message }] });
  expect(refusal.message).toMatch(reason);
});

it('takes what JSON allows: nesting at any depth, lone surrogates as escapes, any name, the last of equal names', () => {
  const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
  expect(parseJsonBody(Buffer.from(deep))).toHaveLength(1);
  expect(parseJsonBody(Buffer.from('{"a":"\\ud800","a":2,"\u2028":"\u{1f600}"}'))).toEqual({ a: 2, '\u2028': '\u{1f600}' });
  const { admin, ...own } = parseJsonBody(Buffer.from('{"__proto__":{"admin":true}}')) as { admin?: boolean };
  expect([admin, Object.keys(own)]).toEqual([undefined, ['__proto__']]);
});
