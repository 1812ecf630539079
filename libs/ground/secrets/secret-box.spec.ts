import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SecretBox, SecretBoxError } from './secret-box.js';

const KEY = 'a secret key of more than 32 characters';

test('a box opens with the same key and context, in another process too', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (plaintext, context) => {
      expect(new SecretBox(KEY).open(new SecretBox(KEY).seal(plaintext, context), context)).toBe(plaintext);
    }),
  );
});

test('a box that was sealed by an earlier release opens', () => {
  // Made by format 1; boxes like it are in databases, so it must open for ever.
  const stored = Buffer.from('AWAZBfxrRwB5iZZeehx4QxluoxUlCyplt7dYMXaR5iXSxC9KquktiJYxEg==', 'base64');
  expect(new SecretBox(KEY).open(stored, 'endpoint/1')).toBe('whsec_c2VjcmV0');
});

test('the same secret never gives the same box twice, and a box does not show it', () => {
  const box = new SecretBox(KEY);
  const [one, other] = [box.seal('whsec_visible', 'endpoint/1'), box.seal('whsec_visible', 'endpoint/1')];
  expect(one.equals(other)).toBe(false);
  expect(one.includes('visible')).toBe(false);
});

test('a box does not open for another context, as when it is copied to another row', () => {
  const box = new SecretBox(KEY);
  expect(() => box.open(box.seal('whsec_a', 'endpoint/1'), 'endpoint/2')).toThrow(SecretBoxError);
});

test('a box does not open with another key, and the error names the variable and not the secret', () => {
  const sealed = new SecretBox(KEY).seal('whsec_visible', 'endpoint/1');
  const open = () => new SecretBox('another key of more than 32 characters').open(sealed, 'endpoint/1');
  expect(open).toThrow(SecretBoxError);
  expect(open).toThrow(/endpoint\/1.*LOCKSTEP_SECRET_KEY/);
});

test('a box that was changed anywhere, cut or lengthened does not open', () => {
  const box = new SecretBox(KEY);
  const sealed = box.seal('whsec_a', 'endpoint/1');
  const flipped = Array.from(sealed, (_, at) => Buffer.from(sealed.map((byte, i) => (i === at ? byte ^ 1 : byte))));
  const cut = Array.from(sealed, (_, length) => sealed.subarray(0, length));
  for (const changed of [...flipped, ...cut, Buffer.concat([sealed, Buffer.from([0])])]) {
    expect(() => box.open(changed, 'endpoint/1')).toThrow(SecretBoxError);
  }
});

test('a box whose tag was shortened to 4 bytes does not open: that tag could be guessed', () => {
  const box = new SecretBox(KEY);
  expect(() => box.open(box.seal('', 'endpoint/1').subarray(0, 1 + 12 + 4), 'endpoint/1')).toThrow(SecretBoxError);
});

const [FIRST, SECOND, THIRD] = ['1'.repeat(32), '2'.repeat(32), '3'.repeat(32)];

test('a box of a former key opens; new ones have the present key', () => {
  const sealed = new SecretBox(FIRST).seal('whsec_a', 'endpoint/1');
  const rotated = new SecretBox(THIRD, [SECOND, FIRST]);
  expect(rotated.open(sealed, 'endpoint/1')).toBe('whsec_a');
  expect(new SecretBox(THIRD).open(rotated.seal('whsec_b', 'endpoint/1'), 'endpoint/1')).toBe('whsec_b');
  expect(() => rotated.open(sealed, 'endpoint/2')).toThrow(/neither LOCKSTEP_SECRET_KEY nor LOCKSTEP_SECRET_KEY_OLD/);
});

test('only a box of a former key is sealed again, for the same context', () => {
  const rotated = new SecretBox(SECOND, [FIRST]);
  const resealed = rotated.resealed(new SecretBox(FIRST).seal('whsec_a', 'endpoint/1'), 'endpoint/1') ?? Buffer.alloc(0);
  expect(new SecretBox(SECOND).open(resealed, 'endpoint/1')).toBe('whsec_a');
  expect(rotated.resealed(resealed, 'endpoint/1')).toBeUndefined();
  expect(() => rotated.resealed(new SecretBox(THIRD).seal('whsec_a', 'endpoint/1'), 'endpoint/1')).toThrow(SecretBoxError);
});
