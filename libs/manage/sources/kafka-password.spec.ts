import { expect, it } from '@jest/globals';
import { needsPassword, splitPassword } from './kafka-password.js';

it('splits the password from the settings', () => {
  expect(splitPassword({ topic: 't', sasl: { mechanism: 'plain', password: 'secret' } })).toEqual({ settings: { topic: 't', sasl: { mechanism: 'plain' } }, password: 'secret' });
});

it.each([{ topic: 't' }, { topic: 't', sasl: null }, { topic: 't', sasl: { mechanism: 'plain' } }])('finds none in %j', (settings) => {
  expect(splitPassword(settings)).toEqual({ settings, password: undefined });
});

it('is needed with SASL', () => {
  expect([needsPassword({ topic: 't', sasl: { mechanism: 'plain' } }), needsPassword({ topic: 't' })]).toEqual([true, false]);
});
