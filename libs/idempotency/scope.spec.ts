import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ANONYMOUS, principalOf, scopeOf } from './scope.js';

test('different scopes are different texts, for any content of their parts', () => {
  expect(scopeOf({ tenant: 'default', principal: ANONYMOUS, method: 'POST', route: '/orders/*' })).toBe('default - POST %2Forders%2F*');
  const part = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '%', '/', '2', '0'), maxLength: 4 });
  const scopes = fc.record({ tenant: part, principal: part, method: part, route: part });
  fc.assert(fc.property(scopes, scopes, (one, other) => (scopeOf(one) === scopeOf(other)) === (JSON.stringify(one) === JSON.stringify(other))));
  fc.assert(fc.property(scopes, (scope) => !scopeOf(scope).includes('\n')));
});

test('a principal is a hash of all credentials, and anonymous without any', () => {
  expect(principalOf([undefined, undefined])).toBe(ANONYMOUS);
  const principals = [principalOf(['a', undefined]), principalOf([undefined, 'a']), principalOf(['a', 'b']), principalOf(['b'])];
  expect(new Set(principals).size).toBe(4);
  expect(principalOf(['Bearer secret'])).toMatch(/^[0-9a-f]{32}$/);
});
