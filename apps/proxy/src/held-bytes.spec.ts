import { expect, it } from '@jest/globals';
import { HeldBytes } from './held-bytes.js';

it('requests count without a body too, and what is given back makes room', () => {
  const held = new HeldBytes({ maxHeldBytes: 10_000 });
  for (let i = 0; i < 3; i++) held.addRequest(0);
  expect(held.full).toBe(true);
  held.removeRequest(0);
  expect(held.full).toBe(false);
  held.addAnswer(5_000);
  expect(held.full).toBe(true);
  held.removeAnswer(5_000);
  expect(held.full).toBe(false);
});
