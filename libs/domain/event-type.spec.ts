import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPE, eventTypeOf, isEventType } from './event-type.js';

it.each([
  ['order.created', 'order.created'], ['orders/create', 'orders.create'], ['/a//b/', 'a.b'], ['...', ''], ['', ''], ['push', 'push'], ['Ordered: 😀 ok', 'Ordered____ok'], ['a b.c', 'a_b.c'],
])('%p becomes the event type %p', (name, type) => {
  expect(eventTypeOf(name)).toBe(type);
});

it.each([
  ['order.created', true], ['lockstep', true], ['lockstep-x.y', true], ['order.lockstep.x', true], ['Lockstep.delivery', true],
  ['lockstep.delivery.dead', false], ['lockstep.x', false], ['lockstep.', false], ['', false], [7, false], ['x'.repeat(129), false],
])('%p as the type of an event from others: %p', (value, isRight) => {
  expect(isEventType(value)).toBe(isRight);
});

it('any name becomes a type, or nothing if it has dots and slashes only; a type stays as it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
    const type = eventTypeOf(name);
    expect(type === '' ? /^[./]*$/.test(name) : EVENT_TYPE.test(type)).toBe(true);
    expect(eventTypeOf(type)).toBe(type);
  }));
});
