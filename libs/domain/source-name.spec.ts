import { expect, it } from '@jest/globals';
import { isSourceName } from './source-name.js';

it.each(['stripe', 'github.orders', '7-eleven_2', 'src', 'apis', 'API', 'x'.repeat(128)])('%s is a name', (text) => {
  expect(isSourceName(text)).toBe(true);
});

it.each(['', '.', '..', '-a', 'a/b', 'a b', 'a%20b', 'ä', 'a\n', 'a\u0000', 'api', 'src_1', `src_${'0'.repeat(32)}`, 'x'.repeat(129)])('%j is none', (text) => {
  expect(isSourceName(text)).toBe(false);
});
