import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { valueTextAt } from './json-value-text.js';
import { textAt } from './json-pointer.js';

const at = (json: string, pointer: string): string | undefined => textAt(JSON.parse(json), () => json, pointer);

describe('valueTextAt', () => {
  it('has numbers as they stand, wherever they are', () => {
    const json = ' {"a" : [ {"b\\u0063":1}, "}]\\"", -12345678901234567890.50 , 1e3], "c":{"":0.0} } ';
    expect(['/a/0/bc', '/a/2', '/a/3', '/c/'].map((pointer) => at(json, pointer))).toEqual(['1', '-12345678901234567890.50', '1e3', '0.0']);
    expect(at('9007199254740993', '')).toBe('9007199254740993');
    expect(at('\n9007199254740993 ', '')).toBe('9007199254740993');
  });

  it('takes the last of members with the same name, as JSON.parse does', () => {
    expect(at('{"id":1,"b":[1,2],"id":2.0,"c":"id"}', '/id')).toBe('2.0');
  });

  it('finds a number behind what is nested a hundred thousand levels deep', () => {
    const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
    expect(at(`{"deep":${deep},"id":7.10}`, '/id')).toBe('7.10');
  });

  it('finds each number of any JSON text where JSON.parse finds it', () => {
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'grapheme' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt().map(Number), fc.constantFrom(true, null), fc.array(tie('node')), fc.dictionary(fc.string({ unit: 'grapheme' }), tie('node'))),
    })).node;
    fc.assert(fc.property(value, fc.constantFrom(undefined, 1, '\t', ' \r\n'), (made, space) => {
      const json = JSON.stringify(made, undefined, space);
      const visit = (node: unknown, path: readonly string[]): void => {
        if (typeof node === 'number') expect(Number(valueTextAt(json, path))).toBe(node);
        else if (typeof node === 'object' && node !== null) for (const [name, child] of Object.entries(node)) visit(child, [...path, name]);
      };
      visit(JSON.parse(json), []);
    }));
  });
});

describe('textAt', () => {
  const json = '{"a":{"b":["x",true,null,{"c":"y"}],"m~n/o":"z","":"empty"},"n":1}';

  it('has texts, numbers and booleans', () => {
    expect(['/a/b/0', '/a/b/1', '/a/b/3/c', '/a/m~0n~1o', '/a/', '/n'].map((pointer) => at(json, pointer))).toEqual(['x', 'true', 'y', 'z', 'empty', '1']);
  });

  it.each(['', '/a', '/a/b', '/a/b/2', '/a/b/9', '/a/b/-', '/a/b/01', '/a/b/length', '/a/b/0/0', '/x', '/toString', '/__proto__', '/a/__proto__/x', '/n/0'])('has nothing at %p', (pointer) => {
    expect(at(json, pointer)).toBeUndefined();
  });

  it('reads members that have the names of the language', () => {
    expect(at('{"__proto__":{"constructor":"x"}}', '/__proto__/constructor')).toBe('x');
  });
});
