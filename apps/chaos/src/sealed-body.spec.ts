import { expect, it } from '@jest/globals';
import { amountOf, keyOfSealed, sealedBody } from './sealed-body.js';

it('reads the key of an unchanged body', () => {
  expect(keyOfSealed(sealedBody('entity-1', 'key-1'))).toBe('key-1');
});

it('gives half of all bodies an amount above 50', () => {
  const amounts = Array.from({ length: 1_000 }, (_, n) => amountOf(`entity-1/${n}`));
  expect(Math.min(...amounts)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...amounts)).toBeLessThanOrEqual(100);
  expect(amounts.filter((amount) => amount > 50).length / 10).toBeCloseTo(50, -1);
  expect(sealedBody('entity-1', 'entity-1/7')).toContain(`"amount":${amounts[7]},`);
});

it('detects a body that was parsed and serialized, or that lost a byte', () => {
  const body = sealedBody('entity-1', 'key-1');
  expect(keyOfSealed(JSON.stringify(JSON.parse(body)))).toBeUndefined();
  expect(keyOfSealed(body.slice(0, -1))).toBeUndefined();
  expect(keyOfSealed('')).toBeUndefined();
});
