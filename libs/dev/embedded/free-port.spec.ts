import { expect, it } from '@jest/globals';
import { freePort } from './free-port.js';

it('gives nobody a port that somebody else here was given and does not listen on yet', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, () => freePort()));
  expect(new Set(ports).size).toBe(300);
});
