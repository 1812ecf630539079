import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_TYPE, eventTypeOf } from './event-type.js';

it.each([
  ['order.created', 'order.created'], ['orders/create', 'orders.create'], ['/a//b/', 'a.b'], ['...', ''], ['', ''], ['push', 'push'], ['Ordered: 😀 ok', 'Ordered____ok'], ['a b.c', 'a_b.c'],
])('%p becomes the event type %p', (name, type) => {
  expect(eventTypeOf(name)).toBe(type);
});

it('any name becomes a type, or nothing if it has dots and slashes only; a type stays as it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
    const type = eventTypeOf(name);
    expect(type === '' ? /^[./]*$/.test(name) : EVENT_TYPE.test(type)).toBe(true);
    expect(eventTypeOf(type)).toBe(type);
  }));
});
