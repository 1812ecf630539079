import { expect, it } from '@jest/globals';
import { LaneBudget } from './lane-budget.js';

function used(limit: number, byEndpoint: Readonly<Record<number, number>>): LaneBudget {
  const budget = new LaneBudget(limit);
  for (const [endpoint, lanes] of Object.entries(byEndpoint)) for (let i = 0; i < lanes; i++) budget.take(Number(endpoint));
  return budget;
}

it('gives one endpoint two thirds of the limit at most, and gets lanes back', () => {
  const budget = used(9, { 1: 100 });
  expect(budget.used).toBe(6);
  expect([budget.take(1), budget.take(2)]).toEqual([false, true]);
  budget.give(1);
  expect(budget.take(1)).toBe(true);
});

it('says which endpoints, and whether all together, have used 90 %', () => {
  expect([used(30, { 1: 17, 2: 9 }).nearlyFullEndpoints, used(30, { 1: 18, 2: 9 }).nearlyFullEndpoints]).toEqual([[], [1]]);
  expect([used(30, { 1: 17, 2: 9 }).isNearlyFull, used(30, { 1: 18, 2: 9 }).isNearlyFull]).toEqual([false, true]);
});

it('is half free for an endpoint while less than half of its share and of the limit is used', () => {
  expect([used(30, { 1: 9 }).isHalfFreeFor(1), used(30, { 1: 10 }).isHalfFreeFor(1), used(30, { 1: 10, 2: 5 }).isHalfFreeFor(3)]).toEqual([true, false, false]);
});
