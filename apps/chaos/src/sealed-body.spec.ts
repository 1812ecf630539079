import { expect, it } from '@jest/globals';
import { keyOfSealed, sealedBody } from './sealed-body.js';

it('reads the key of an unchanged body', () => {
  expect(keyOfSealed(sealedBody('entity-1', 'key-1'))).toBe('key-1');
});

it('detects a body that was parsed and serialized, or that lost a byte', () => {
  const body = sealedBody('entity-1', 'key-1');
  expect(keyOfSealed(JSON.stringify(JSON.parse(body)))).toBeUndefined();
  expect(keyOfSealed(body.slice(0, -1))).toBeUndefined();
  expect(keyOfSealed('')).toBeUndefined();
});
