import { describe, expect, it } from '@jest/globals';
import { checkedAttributes, type EventAttributes } from './event-attributes.js';

const codeOf = (attributes: EventAttributes): unknown => {
  try {
    return checkedAttributes(attributes);
  } catch (error) {
    return { code: (error as { code?: string }).code, paths: (error as { errors: { path: string }[] }).errors.map(({ path }) => path) };
  }
};

const many = (count: number, value: string): EventAttributes => Object.fromEntries(Array.from({ length: count }, (_, i) => [`ce-${String(i).padStart(5, '0')}`, value]));

describe('checkedAttributes', () => {
  it('lets 64 attributes with 8,192 characters pass, and no more', () => {
    expect(codeOf(many(64, 'x'.repeat(120)))).toEqual(many(64, 'x'.repeat(120)));
    expect(codeOf(many(64, 'x'.repeat(121)))).toMatchObject({ code: 'headers_too_large' });
    expect(codeOf(many(65, ''))).toMatchObject({ code: 'headers_too_large' });
  });

  it.each(['webhook-id', 'lockstep-entity', 'content-length', 'Connection', 'traceparent', 'a b', ''])('refuses the name "%s"', (name) => {
    expect(codeOf({ 'ce-id': '1', [name]: 'x' })).toEqual({ code: 'invalid_request', paths: [name] });
  });

  it.each(['a\r\nb: c', 'ä', '\0'])('refuses the value %j', (value) => {
    expect(codeOf({ 'ce-id': value })).toEqual({ code: 'invalid_request', paths: ['ce-id'] });
  });
});
