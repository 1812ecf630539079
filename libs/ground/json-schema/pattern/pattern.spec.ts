import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SchemaError } from '../schema-error.js';
import { Effort } from './effort.js';
import { compilePattern } from './pattern.js';

const EFFORT = 40_000;
const compiled = (source: string): ((text: string) => boolean) => compilePattern(source, '/pattern', new Effort(EFFORT)).test;

describe('compilePattern', () => {
  it('finds what a regular expression of ECMA-262 finds', () => {
    const pieces = fc.constantFrom('a', 'b', 'é', '😀', '[ab]', '[^a]', '[a-c\\d]', '.', '\\d', '\\D', '\\w', '\\s', '\\p{L}', '\\P{Lu}', '\\u0061', '(?:', '(', ')', '|', '*', '+', '?', '*?', '{2}', '{1,3}', '{2,}', '^', '$');
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', '0', ' ', '-', 'é', 'É', '😀', '\n', '\u2028', '\ud800'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(fc.property(fc.array(pieces, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')), fc.array(texts, { minLength: 5, maxLength: 5 }), (source, samples) => {
      let native: RegExp;
      try {
        native = new RegExp(source, 'u');
      } catch {
        // Then it is refused, too.
        expect(() => compiled(source)).toThrow(SchemaError);
        return;
      }
      const test = compiled(source);
      expect(samples.map((text) => [text, test(text)])).toEqual(samples.map((text) => [text, native.test(text)]));
    }), { numRuns: 300 });
  });

  it.each(['(a+)+$', '^(a|aa)+$', '^(a|a?)+$', '(.*a){12}b', '(\\w+\\s?)*[xyz]$', '(x+x+)+y'])('reads each character of 50 KB once for %s', (source) => {
    const test = compiled(source);
    let read = 0;
    const text = { length: 50_001, codePointAt: (i: number) => (read++, i < 50_000 ? 0x61 : 0x21) };
    test(text as unknown as string);
    expect(read).toBeLessThanOrEqual(text.length);
    expect(test(`${'a'.repeat(50_000)}!`)).toBe(false);
  });

  it.each([
    ['(?=a)b', 'looks around'], ['(?<!a)b', 'looks around'], ['\\ba', 'looks around'], ['(a)\\1', 'not supported'],
    ['a[ab]{50}c', 'too large a table'], ['(?:x{100}){1000}', 'too large a table'], ['(', 'Unterminated group'], ['[z-a]', 'out of order'], ['a'.repeat(513), 'at most 512'], ['[\\p{L}][\\p{M}][\\p{N}][\\p{P}]', 'more than 3'],
  ])('refuses %s', (source, reason) => {
    expect(() => compiled(source)).toThrow(reason);
  });
});
