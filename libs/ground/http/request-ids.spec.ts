import { expect, it } from '@jest/globals';
import { requestIds } from './request-ids.js';

it('gives each request of each process another id', () => {
  const processes = [requestIds(), requestIds()];
  const ids = processes.flatMap((next) => Array.from({ length: 50_000 }, next));
  expect(new Set(ids).size).toBe(100_000);
  expect(ids.filter((id) => !/^req_[0-9a-f]{24}$/.test(id))).toEqual([]);
  // No part of an id is that of the process, or counts.
  for (let i = 4; i < 28; i++) expect(new Set(ids.map((id) => id[i])).size).toBe(16);
});
