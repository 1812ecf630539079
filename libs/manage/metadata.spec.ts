import { expect, it } from '@jest/globals';
import { metadataSchema } from './metadata.js';

it.each([
  [{ 'a\0': 1 }], [{ a: '\0' }], [{ a: [{ b: 'x\0' }] }], [{ a: '\ud800' }], [{ '\udc00': true }],
])('names what Postgres cannot store: %j', (metadata) => {
  const { error } = metadataSchema.safeParse(metadata);
  expect(error?.issues[0]?.message).toMatch(/NUL/);
});

it.each([[{}], [{ a: '\\u0000', b: { c: ['\u{1f600}', null, 1.5, true] } }]])('takes any other JSON: %j', (metadata) => {
  expect(metadataSchema.parse(metadata)).toEqual(metadata);
});

it('takes 16 KiB', () => {
  expect(metadataSchema.safeParse({ a: 'x'.repeat(16_384 - 8) }).success).toBe(true);
  expect(metadataSchema.safeParse({ a: 'x'.repeat(16_384 - 7) }).success).toBe(false);
});
