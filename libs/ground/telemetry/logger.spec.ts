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

const quoting = (): Error => Object.assign(new Error('invalid input syntax for type json: "{"card": "secret"}"'), { code: '22P02', detail: 'Token "secret" is invalid.' });

it.each([
  ['in its message', quoting()],
  ['as a cause', new Error('The event cannot be stored', { cause: quoting() })],
  ['as one of several', new AggregateError([new Error('first'), quoting()], 'All attempts failed')],
  ['as a field', Object.assign(new Error('outer'), { inner: quoting() })],
])('logs no value that an error of Postgres quotes %s', (_where, error) => {
  const logged = JSON.stringify(loggedError(error));
  expect(logged).toContain('invalid input syntax for type json');
  expect(logged).not.toContain('secret');
});

it('logs the names that other errors quote', () => {
  const error = Object.assign(new Error('duplicate key value violates unique constraint "events_pkey"'), { code: '23505' });
  expect(loggedError(error)).toMatchObject({ message: error.message });
});
