import { expect, it } from '@jest/globals';
import { StepLook } from './step-look.js';

it('looks at somewhat more events than deliveries, as long as the endpoint gets every event', () => {
  const look = new StepLook();
  expect(look.eventsFor(100)).toBe(125);
  look.onStep(100, 100);
  expect(look.eventsFor(100)).toBe(125);
});

it('looks at more where the endpoint gets few, and at ten times as many at most', () => {
  const look = new StepLook();
  look.onStep(125, 25);
  expect(look.eventsFor(100)).toBe(625);
  look.onStep(625, 10);
  expect(look.eventsFor(100)).toBe(1_000);
  look.onStep(1_000, 0);
  expect(look.eventsFor(100)).toBe(1_000);
  look.onStep(1_000, 500);
  expect(look.eventsFor(100)).toBe(250);
});

it('rounds up', () => {
  expect(new StepLook().eventsFor(1)).toBe(2);
});
