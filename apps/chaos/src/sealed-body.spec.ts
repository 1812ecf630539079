import { expect, it } from '@jest/globals';
import { keyOfSealed, sealedBody } from './sealed-body.js';

it('knows its own bodies', () => {
  expect(keyOfSealed(sealedBody('entity-1', 'key-1'))).toBe('key-1');
});

it('knows when a body was read and written again, or has lost a byte', () => {
  const body = sealedBody('entity-1', 'key-1');
  expect(keyOfSealed(JSON.stringify(JSON.parse(body)))).toBeUndefined();
  expect(keyOfSealed(body.slice(0, -1))).toBeUndefined();
  expect(keyOfSealed('')).toBeUndefined();
});
