import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyOfId, parseKeyHeader, parseKeyMember } from './idempotency-key.js';

describe('Idempotency-Key header', () => {
  it.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"order 17, line 2"', 'order 17, line 2'],
    [String.raw`"a \"quoted\" \\ key"`, String.raw`a "quoted" \ key`],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('takes %s', (header, key) => {
    expect(parseKeyHeader(header)).toBe(key);
  });

  it.each(['', '""', '"', '"open', 'a b', 'a, b', '"a", "b"', 'ä', '"\u0001"', 'x'.repeat(256), `"${'x'.repeat(256)}"`, String.raw`"\n"`, '"a";p=1'])('refuses %j', (header) => {
    expect(() => parseKeyHeader(header)).toThrow(expect.objectContaining({ code: 'invalid_idempotency_key' }));
  });

  it('reads back any printable ASCII text that was quoted', () => {
    const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)), minLength: 1, maxLength: 255 });
    fc.assert(fc.property(printable, (key) => parseKeyHeader(`"${key.replaceAll(/["\\]/g, '\\$&')}"`) === key));
  });
});

describe('idempotencyKey member', () => {
  it('takes printable text in any script', () => {
    expect(parseKeyMember('заказ 17')).toBe('заказ 17');
  });

  it.each([17, null, '', 'a\nb', '\ud800', 'x'.repeat(256)])('refuses %j', (value) => {
    expect(() => parseKeyMember(value)).toThrow(expect.objectContaining({ code: 'invalid_idempotency_key' }));
  });
});

describe('the key of an id', () => {
  it('is the id, up to 255 characters; of a longer one its hash', () => {
    expect(keyOfId('evt_1')).toBe('evt_1');
    expect(keyOfId('😀'.repeat(255))).toBe('😀'.repeat(255));
    expect(keyOfId('a'.repeat(256))).toBe('sha256:02d7160d77e18c6447be80c2e355c7ed4388545271702c50253b0914c65ce5fe');
    expect(keyOfId('a'.repeat(257))).not.toBe(keyOfId('a'.repeat(256)));
  });
});
