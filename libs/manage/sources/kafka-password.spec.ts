import { expect, it } from '@jest/globals';
import { needsPassword, splitPassword, withPassword } from './kafka-password.js';

it('splits the password from the settings', () => {
  expect(splitPassword({ topic: 't', sasl: { mechanism: 'plain', password: 'secret' } })).toEqual({ settings: { topic: 't', sasl: { mechanism: 'plain' } }, password: 'secret' });
});

it.each([{ topic: 't' }, { topic: 't', sasl: null }, { topic: 't', sasl: { mechanism: 'plain' } }])('finds none in %j', (settings) => {
  expect(splitPassword(settings)).toEqual({ settings, password: undefined });
});

it('adds a password where one is needed', () => {
  const settings = { topic: 't', sasl: { mechanism: 'plain' } };
  expect([needsPassword(settings), withPassword(settings, 'kept')]).toEqual([true, { topic: 't', sasl: { mechanism: 'plain', password: 'kept' } }]);
  expect(withPassword({ sasl: { password: 'given' } }, 'kept')).toEqual({ sasl: { password: 'given' } });
  expect([needsPassword({ topic: 't' }), withPassword({ topic: 't' }, 'kept')]).toEqual([false, { topic: 't' }]);
});
