import { expect, it } from '@jest/globals';
import { freePort } from './free-port.js';

it('does not return the same port twice before it is used', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, () => freePort()));
  expect(new Set(ports).size).toBe(300);
});
