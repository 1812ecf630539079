import { expect, it } from '@jest/globals';
import { requestIds } from './request-ids.js';

it('gives each request of each process another id', () => {
  const processes = [requestIds(), requestIds()];
  const ids = processes.flatMap((next) => Array.from({ length: 50_000 }, next));
  expect(new Set(ids).size).toBe(100_000);
  expect(ids.filter((id) => !/^req_[0-9a-f]{12}[0-9a-z]+$/.test(id))).toEqual([]);
});
