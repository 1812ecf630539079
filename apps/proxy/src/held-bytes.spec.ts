import { expect, it } from '@jest/globals';
import { HeldBytes } from './held-bytes.js';

it('counts requests without a body too, and has room again when they end', () => {
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
