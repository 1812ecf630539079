import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileSchema } from './compile-schema.js';
import { isObject, type JsonObject } from './json.js';
import { SchemaError } from './schema-error.js';

const faults = (schema: JsonObject, value: unknown, bytes = JSON.stringify(value).length): unknown => compileSchema(schema).faultsOf(value, bytes);
const TOO_COSTLY = [{ path: '', message: expect.stringMatching(/more work/) as unknown }];

function problemOf(schema: JsonObject): string {
  try {
    compileSchema(schema);
  } catch (error) {
    if (error instanceof SchemaError) return `${error.path} ${error.message}`;
    throw error;
  }
  return '';
}

describe('faultsOf', () => {
  it('names all that does not fit, by JSON pointers', () => {
    const schema = {
      type: 'object', required: ['data', 'a/b'],
      properties: {
        data: { type: 'object', required: ['amount', 'tags'], additionalProperties: false, properties: { amount: { type: 'number', exclusiveMinimum: 0, multipleOf: 0.01 }, tags: { items: { type: 'string', pattern: '^[a-z]+$' } }, at: { format: 'date-time' } } },
      },
    };
    expect(faults(schema, { data: { amount: 19.99, tags: ['a'], at: '2024-02-29T12:00:00Z' }, 'a/b': 1 })).toBeUndefined();
    expect(faults(schema, { data: { amount: -1, tags: ['a', 7, 'B'], extra: 1, at: '2023-02-29T12:00:00Z' } })).toEqual([
      { path: '/a~1b', message: 'is missing' },
      { path: '/data/extra', message: 'is not allowed here' },
      { path: '/data/amount', message: 'must be > 0' },
      { path: '/data/tags/1', message: 'must be string' },
      { path: '/data/tags/2', message: 'must match pattern "^[a-z]+$"' },
      { path: '/data/at', message: 'must match format "date-time"' },
    ]);
  });

  it('names at most 20 faults, with paths of bounded length', () => {
    const found = faults({ additionalProperties: { type: 'string' } }, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}${'k'.repeat(1_000)}`, i])));
    expect(found).toHaveLength(20);
    expect(JSON.stringify(found).length).toBeLessThan(20_000);
  });

  it('names the first fault only if there are thousands', () => {
    expect(faults({ items: { type: 'string' } }, Array.from({ length: 50_000 }, (_, i) => i))).toEqual([{ path: '/0', message: 'must be string' }]);
  });

  it('names what does not fit in a name, and what is allowed', () => {
    expect(faults({ propertyNames: { maxLength: 2 }, properties: { a: { enum: [1, 'b'] }, b: { const: { c: 1 } } } }, { a: 2, b: { c: 2 }, 'd/e': 1 })).toEqual([
      { path: '/d~1e', message: 'has a name that must NOT have more than 2 characters' },
      { path: '/a', message: 'must be one of [1,"b"]' },
      { path: '/b', message: 'must be {"c":1}' },
    ]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('treats %s as any other name', (name) => {
    const value = JSON.parse(`{"${name}":1}`) as unknown;
    expect(faults({ required: [name] }, {})).toEqual([{ path: `/${name}`, message: 'is missing' }]);
    expect(faults({ required: [name], properties: JSON.parse(`{"${name}":{"type":"string"}}`) as JsonObject }, value)).toEqual([{ path: `/${name}`, message: 'must be string' }]);
    expect(faults({ properties: JSON.parse(`{"${name}":true}`) as JsonObject, additionalProperties: false }, value)).toBeUndefined();
    expect(problemOf(JSON.parse(`{"${name}":1}`) as JsonObject)).toMatch('is not a keyword');
  });

  it.each<readonly [string, string, boolean]>([
    ['date', '2024-02-30', false], ['date', '1900-02-29', false], ['time', '23:59:60Z', true], ['time', '22:59:60Z', false], ['date-time', '2026-01-31', false],
    ['email', 'a.b+c@example.com', true], ['email', 'a..b@example.com', false], ['hostname', 'a-.com', false], ['ipv4', '1.2.3.256', false], ['ipv6', '::1', true], ['ipv6', 'fe80::1%eth0', false],
    ['uri', 'https://example.com/a?b#c', true], ['uri', '/a', false], ['uri-reference', '/a', true], ['uuid', '0199c0de-0000-7000-8000-00000000beef', true], ['uuid', '0199c0de', false],
    ['duration', 'P1DT2H', true], ['duration', 'PT', false], ['json-pointer', '/a~1b', true], ['json-pointer', '/a~b', false],
  ])('checks the format %s: %s', (format, text, fits) => {
    expect(faults({ format }, text) === undefined).toBe(fits);
  });
});

describe('bounds', () => {
  const numbers = Array.from({ length: 131_072 }, (_, i) => i % 10);
  const nested = (depth: number): unknown => JSON.parse(`${'{"x":'.repeat(depth)}1${'}'.repeat(depth)}`);

  it('lets a large body fit an ordinary schema', () => {
    const item = { properties: { id: { type: 'integer' }, name: { type: 'string', maxLength: 40 }, code: { pattern: '^[A-Z]{3}$' }, at: { format: 'date-time' }, tags: { items: { enum: ['a', 'b'] }, uniqueItems: true } }, required: ['id', 'name'], additionalProperties: false };
    const items = Array.from({ length: 2_400 }, (_, id) => ({ id, name: `the name of item ${id}`, code: 'ABC', at: '2026-01-31T12:00:00Z', tags: ['a', 'b'] }));
    expect(JSON.stringify(items).length).toBeGreaterThan(240_000);
    expect(faults({ items: item }, items)).toBeUndefined();
    expect(faults({ items: { type: 'number' } }, numbers)).toBeUndefined();
  });

  it.each<readonly [string, JsonObject, unknown]>([
    ['many schemas for each item', { items: { allOf: Array.from({ length: 100 }, () => ({ type: 'number' })) } }, numbers],
    ['a recursion that doubles at each level', { $defs: { a: { allOf: [{ properties: { x: { $ref: '#/$defs/a' } } }, { properties: { x: { $ref: '#/$defs/a' } } }] } }, $ref: '#/$defs/a' }, nested(60)],
    ['a large enum of objects', { items: { enum: Array.from({ length: 1_000 }, (_, a) => ({ a })) } }, Array.from({ length: 20_000 }, (_, a) => ({ a: a % 1_000 }))],
    ['many properties for many empty objects', { items: { properties: Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, true])) } }, Array.from({ length: 80_000 }, () => ({}))],
    ['many patterns for many names', { patternProperties: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`^k${i}`, true])) }, Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 1]))],
    ['uniqueItems at every level', { $defs: { a: { uniqueItems: true, items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' }, JSON.parse(`${'['.repeat(100)}${Array.from({ length: 2_000 }, (_, i) => i).join(',')}${']'.repeat(100)}`)],
    ['alternatives that all fail', { anyOf: [{ properties: { x: { $ref: '#' } } }, { properties: { x: { $ref: '#' } } }], not: { type: 'number' } }, nested(60)],
    ['a long text that is measured by many schemas', { allOf: Array.from({ length: 100 }, () => ({ minLength: 1 })) }, 'é'.repeat(100_000)],
    ['a long name in many schemas', { $defs: { b: { type: 'string' }, a: { anyOf: Array.from({ length: 60 }, () => ({ additionalProperties: { $ref: '#/$defs/b' } })) } }, allOf: Array.from({ length: 60 }, () => ({ not: { $ref: '#/$defs/a' } })) }, { ['k'.repeat(250_000)]: 1 }],
    ['names that are copied for unevaluatedProperties', { unevaluatedProperties: false, $defs: { b: { patternProperties: { '^k': true } } }, allOf: Array.from({ length: 50 }, () => ({ $ref: '#/$defs/b' })) }, Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 1]))],
    ['a reference to itself', { $ref: '#/$defs/a', $defs: { a: { allOf: Array.from({ length: 100 }, () => ({ properties: { x: { $ref: '#/$defs/a' } } })) } } }, nested(20)],
  ])('gives up on %s', (_, schema, value) => {
    expect(faults(schema, value)).toEqual(TOO_COSTLY);
  });

  it.each<readonly [string, JsonObject]>([
    ['itself', { $ref: '#' }],
    ['itself by way of others', { anyOf: [{ $ref: '#/$defs/a' }], $defs: { a: { not: { $ref: '#' } } } }],
  ])('gives up on a schema that refers to %s', (_, schema) => {
    expect(faults(schema, {})).toEqual([{ path: '', message: expect.stringMatching(/too deeply/) as unknown }]);
  });

  it('compiles the longest way through a schema also when much of the stack is in use', () => {
    const inside = (depth: number, schema: JsonObject): JsonObject => (depth === 0 ? schema : { not: inside(depth - 1, schema) });
    for (const [references, depth] of [[5, 57], [30, 8], [98, 1]] as const) {
      const $defs = Object.fromEntries(Array.from({ length: references }, (_, i) => [`a${i}`, i === references - 1 ? true : inside(depth, { $ref: `#/$defs/a${i + 1}` })]));
      const descend = (levels: number): string => (levels === 0 ? problemOf({ $ref: '#/$defs/a0', $defs }) : descend(levels - 1));
      expect(descend(1_500)).toBe('');
    }
  });

  it('does not descend into 10,000 levels', () => {
    const bytes = 60_001;
    expect(faults({ properties: { x: { $ref: '#' } } }, nested(10_000), bytes)).toEqual([{ path: '', message: expect.stringMatching(/too deeply/) as unknown }]);
    expect(faults({ uniqueItems: true }, [nested(10_000)], bytes)).toEqual([{ path: '', message: expect.stringMatching(/too deeply/) as unknown }]);
    expect(faults({ type: 'object' }, nested(10_000), bytes)).toBeUndefined();
  });
});

describe('compileSchema', () => {
  it.each<readonly [JsonObject, string]>([
    [{ properties: { a: { requird: ['b'] } } }, '/properties/a/requird is not a keyword'],
    [{ type: 'text' }, '/type must be one of'],
    [{ properties: { 'a/b': 1 } }, '/properties/a~1b must be object or boolean'],
    [{ items: [{ type: 'string' }] }, '/items must be object or boolean'],
    [{ minLength: -1 }, '/minLength must be >= 0'],
    [{ multipleOf: 0 }, '/multipleOf must be > 0'],
    [{ allOf: [] }, '/allOf must NOT have fewer than 1 items'],
    [{ required: ['a', 'a'] }, '/required must NOT have duplicate items'],
    [{ format: 'iri' }, '/format must be a format that is checked here: date-time,'],
    [{ pattern: '(?<=a)b' }, '/pattern must be a regular expression'],
    [{ patternProperties: { '(': true } }, '/patternProperties/( must be a regular expression'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema must be'],
    [{ $ref: 'https://example.com/order.json' }, '/$ref must be # or'],
    [{ $ref: 'other.json' }, '/$ref must be # or'],
    [{ $ref: 'other.json#/a' }, '/$ref must be # or'],
    [{ properties: { a: { $ref: '#/properties' } } }, '/properties/a/$ref refers to no schema'],
    [{ properties: JSON.parse('{"__proto__":true}') as JsonObject }, '/properties/__proto__ is a name that cannot be described'],
    [{ $dynamicRef: '#a' }, '/$dynamicRef is not a keyword'],
    [{ $ref: 'https://json-schema.org/draft/2020-12/schema' }, '/$ref must be # or'],
    [{ $ref: '#/$defs/none' }, '/$ref refers to no schema'],
    [{ $ref: '#/default', default: { type: 'string' } }, '/$ref refers to no schema'],
    [{ $ref: '#none' }, '/$ref refers to no schema'],
    [{ $ref: 'http://[' }, '/$ref must be # or'],
    [{ $ref: '#%ff' }, '/$ref has a fragment'],
    [{ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } }, '/$defs/b/$anchor is the anchor of two'],
    [{ $defs: { a: { $id: 'x' } } }, '/$defs/a/$id must only be at the top'],
    [{ allOf: Array.from({ length: 300 }, () => true) }, ' must have at most 300 schemas'],
    [{ dependentRequired: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, ['a']])) }, ' must have at most 300 schemas'],
    [{ type: Array.from({ length: 15_000 }, (_, i) => `t${i}`) }, '/type must have at most 7 types'],
    [{ const: JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`) as unknown }, ' must have at most 64 levels'],
    [{ allOf: Array.from({ length: 101 }, (_, i) => ({ $ref: `#a${i}` })) }, 'is the 101th reference'],
    [{ allOf: Array.from({ length: 300 }, (_, i) => ({ pattern: `^[a-z]{2,8}${i}` })) }, 'too large a table'],
  ])('refuses %j', (schema, problem) => {
    expect(problemOf(schema)).toContain(problem);
  });

  it('keeps keywords of one’s own, annotations, and references inside the schema', () => {
    expect(problemOf({
      $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'https://example.com/order.json', 'x-owner': 'billing', title: 'An order', examples: [1], default: { anything: 1 },
      properties: { a: { $ref: '#/$defs/amount' }, b: { $ref: '#amount' }, c: { $ref: '#' } },
      $defs: { amount: { $anchor: 'amount', type: 'number' }, money: { type: 'string' } },
    })).toBe('');
  });

  it('answers any JSON with a schema or a SchemaError, and any value with faults or none', () => {
    const names = fc.constantFrom('properties', 'items', 'allOf', 'not', 'if', 'then', '$ref', '$dynamicRef', '$id', '$anchor', '$dynamicAnchor', '$defs', 'a', 'type', 'enum', 'const', 'required', 'pattern', 'unevaluatedProperties', 'unevaluatedItems', 'contains', 'minContains', 'format', 'uniqueItems', '__proto__');
    const leaf = fc.oneof(fc.constantFrom('#', '#a', '#/$defs/a', 'a', 'object', 'string', '^a+$', 'uuid', -0, 0, 1, 1e308, true, false, null), fc.string());
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie('json'), { maxLength: 3 }), fc.dictionary(names, tie('json'), { maxKeys: 4 })),
    }));
    fc.assert(fc.property(fc.dictionary(names, json, { maxKeys: 5 }), json, (schema, value) => {
      if (!isObject(schema) || problemOf(schema) !== '') return;
      const found = faults(schema, value);
      expect(found === undefined || Array.isArray(found)).toBe(true);
    }), { numRuns: 300 });
  });
});
