import { expect, it } from '@jest/globals';
import { loggedError } from './logger.js';

it('logs an error of Postgres without the values that it quotes', () => {
  const error = Object.assign(new Error('new row violates check constraint'), {
    code: '23514', table: 'events', detail: 'Failing row contains (evt, \\x7b22736563726574).', where: 'unnamed portal parameter $1 = secret', internalQuery: 'secret',
  });
  const logged = loggedError(error);
  expect(logged).toMatchObject({ type: 'Error', message: 'new row violates check constraint', code: '23514', table: 'events' });
  expect(JSON.stringify(logged)).not.toMatch(/secret|7365/);
});
