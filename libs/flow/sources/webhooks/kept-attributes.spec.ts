import { expect, it } from '@jest/globals';
import { checkedAttributes } from '#domain/event-attributes';
import { keptAttributes } from './kept-attributes.js';

it('keeps the headers that the provider names, and no others', () => {
  expect(keptAttributes({ 'x-github-event': 'push', 'x-github-delivery': '1', cookie: 'a=b' }, ['x-github-event', 'x-github-delivery', 'x-github-hook-id'])).toEqual({ 'x-github-event': 'push', 'x-github-delivery': '1' });
  expect(keptAttributes({ cookie: 'a=b' }, ['x-github-event'])).toBeUndefined();
});

it('leaves out what cannot be delivered, and what is too much', () => {
  expect(keptAttributes({ 'x-a': 'ü', 'webhook-id': '1', host: 'a', 'set-cookie': ['a=b'], 'x-b': 'b' }, ['x-a', 'webhook-id', 'host', 'set-cookie', 'x-b'])).toEqual({ 'x-b': 'b' });
  const long = { 'x-1': 'a'.repeat(4_000), 'x-2': 'b'.repeat(4_200), 'x-3': 'c'.repeat(4_000) };
  const kept = keptAttributes(long, Object.keys(long));
  expect(Object.keys(kept ?? {})).toEqual(['x-1', 'x-3']);
  expect(checkedAttributes(kept ?? {})).toBe(kept);
});
