import { expect, it } from '@jest/globals';
import pg from 'pg';
import { retryConflicts } from './retry-conflicts.js';

const error = (code: string): Error => Object.assign(new pg.DatabaseError(code, 0, 'error'), { code });

/** Fails with these errors, one a try, and then succeeds. */
async function tried(...errors: readonly Error[]): Promise<{ result: unknown; tries: number; conflicts: number }> {
  let [tries, conflicts] = [0, 0];
  const statement = (): Promise<string> => {
    const failure = errors[tries++];
    return failure === undefined ? Promise.resolve('done') : Promise.reject(failure);
  };
  const result = await retryConflicts({ inc: () => (conflicts += 1) }, 3, statement).catch((failure: unknown) => failure);
  return { result, tries, conflicts };
}

it('sends a statement again after a deadlock or a serialization failure, and counts both', async () => {
  expect(await tried()).toEqual({ result: 'done', tries: 1, conflicts: 0 });
  expect(await tried(error('40P01'), error('40001'))).toEqual({ result: 'done', tries: 3, conflicts: 2 });
});

it('gives up after the last try', async () => {
  const errors = ['40P01', '40001', '40P01'].map(error);
  expect(await tried(...errors)).toEqual({ result: errors[2], tries: 3, conflicts: 3 });
});

it('throws any other error at once', async () => {
  const [conflict, other] = [error('40P01'), error('23505')];
  expect(await tried(conflict, other)).toEqual({ result: other, tries: 2, conflicts: 1 });
});
