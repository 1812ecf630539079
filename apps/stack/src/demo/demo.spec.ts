import { expect, test } from '@jest/globals';
import { arrivalLine } from './arrival-line.js';
import { type Arrival, OrderCheck } from './order-check.js';
import { eventKey, ordersPerStory, refusedOnce, storyFrom } from './story.js';

const arrival = (fields: Partial<Arrival>): Arrival => ({ id: 'evt_1', entity: 'order-1001', type: 'order.paid', sequence: 1, attempt: 1, status: 200, ...fields });

test('the story takes every order through its steps in order', () => {
  const story = storyFrom(1001);
  const byOrder = Map.groupBy(story, ({ entity }) => entity);
  expect(byOrder.size).toBe(ordersPerStory);
  for (const events of byOrder.values()) {
    expect(events.map(({ type }) => type)).toEqual(['order.created', 'order.paid', 'order.shipped', 'order.delivered']);
  }
});

test('every refused event is part of the story', () => {
  const story = storyFrom(1010);
  const keys = new Set(story.map(({ entity, type }) => eventKey(entity, type)));
  expect([...refusedOnce(story)].filter((key) => !keys.has(key))).toEqual([]);
  expect(refusedOnce(story).size).toBe(4);
});

test('reports an event that overtakes a refused one', () => {
  const check = new OrderCheck();
  expect(check.record(arrival({ id: 'a', sequence: 1, status: 503 }))).toBe(true);
  expect(check.record(arrival({ id: 'b', sequence: 2 }))).toBe(false);
  expect(check.counts.outOfOrder).toBe(1);
});

test('accepts a retry and a late repeat', () => {
  const check = new OrderCheck();
  check.record(arrival({ id: 'a', sequence: 1, status: 503 }));
  expect(check.record(arrival({ id: 'a', sequence: 1, attempt: 2 }))).toBe(true);
  expect(check.record(arrival({ id: 'b', sequence: 2 }))).toBe(true);
  expect(check.record(arrival({ id: 'a', sequence: 1, attempt: 2 }))).toBe(true);
  expect(check.record(arrival({ id: 'c', sequence: 3 }))).toBe(true);
  expect(check.counts).toEqual({ delivered: 3, refused: 1, retries: 2, outOfOrder: 0 });
});

test('lines have aligned columns and a remark', () => {
  expect(arrivalLine(arrival({ status: 503, sequence: 2 }), true, 10)).toBe(
    '  order-1001    #2  order.paid       attempt 1  503  ← refused; later events of order-1001 wait',
  );
  expect(arrivalLine(arrival({ attempt: 2, sequence: 2 }), true, 1200)).toBe('  order-1001    #2  order.paid       attempt 2  200  ✓ retried, order kept');
  expect(arrivalLine(arrival({ type: 'order.delivered', sequence: 4 }), true, 900)).toBe('  order-1001    #4  order.delivered  attempt 1  200  ✓ waited 0.9 s for #3');
  expect(arrivalLine(arrival({ sequence: 12 }), false, 5)).toBe('  order-1001   #12  order.paid       attempt 1  200  ✗ out of order');
});
