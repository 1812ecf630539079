import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FieldTemplate, FieldTemplateError, type FieldSources } from './field-template.js';

interface Values {
  readonly header?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly form?: Record<string, string>;
  readonly json?: Record<string, string>;
  readonly known?: Record<string, string>;
}

const sources = ({ header, query, form, json, known }: Values): FieldSources => {
  const from = (values: Record<string, string> = {}) => (name: string): string | undefined => (Object.hasOwn(values, name) ? values[name] : undefined);
  return { header: from(header), query: from(query), form: from(form), json: from(json), known: known ?? {} };
};

const problemOf = (text: string): string => {
  try {
    new FieldTemplate(text);
  } catch (error) {
    if (error instanceof FieldTemplateError) return error.message;
    throw error;
  }
  return 'none';
};

describe('FieldTemplate', () => {
  const given: Values = {
    header: { 'x-shop': 'acme', 'x-empty': '', 'x-github-event': 'push' },
    query: { shop: 'from query' },
    form: { MessageSid: 'SM1' },
    json: { '': 'whole', '/data/id': '7', '/a~1b': 'slash', '/with space': 'space' },
    known: { 'source:name': 'stripe', 'record:key': 'k' },
  };

  it.each([
    ['json:/data/id', '7'],
    ['json:', 'whole'],
    ['json:/a~1b', 'slash'],
    ['json:/with space', 'space'],
    ['header:X-Shop', 'acme'],
    ['query:shop', 'from query'],
    ['form:MessageSid', 'SM1'],
    ['source:name', 'stripe'],
    ['record:key', 'k'],
    ['webhook', 'webhook'],
    ['json:/none|json:/data/id', '7'],
    [' json:/none | json:/data/id ', '7'],
    ['json:/none|fallback', 'fallback'],
    ['header:x-empty|fallback', 'fallback'],
    ['{header:x-shop}/{json:/data/id}', 'acme/7'],
    ['{header:x-none|query:shop}/{json:/data/id}', 'from query/7'],
    ['shop:{header:x-shop}', 'shop:acme'],
    ['{header:x-shop}{json:/data/id}', 'acme7'],
    ['{header:x-github-event}.{json:/action}|header:x-github-event', 'push'],
    ['{header:x-github-event}.{json:/data/id}|header:x-github-event', 'push.7'],
    ['{header:x-none}.{json:/action}|a {json:/data/id} b', 'a 7 b'],
    ['json:/none', undefined],
    ['{header:x-shop}/{json:/none}', undefined],
    ['{header:x-empty}', undefined],
    ['source:id', undefined],
  ])('makes of %j: %j', (text, value) => {
    expect(new FieldTemplate(text, text.includes('record:') ? 'record' : 'request').valueOf(sources(given))).toBe(value);
  });

  it.each([
    ['record', '{header:a}-{query:b}', /^query:b is for requests: here, header:, json:, source: and record: can be used/],
    ['record', 'form:x|json:/a', /^form:x is for requests/],
    ['request', 'record:key', /^record:key is for records of Kafka/],
  ] as const)('of a %s refuses %j, which has no value there', (place, text, problem) => {
    expect(() => new FieldTemplate(text, place)).toThrow(problem);
  });

  it.each([
    ['', /must not be empty/],
    [' ', /empty selector/],
    ['json:/a|', /empty selector/],
    ['|json:/a', /empty selector/],
    ['{}', /empty selector/],
    ['{json:/a|}', /empty selector/],
    ['{json:/a', /brace without its other half/],
    ['json:/a}', /brace without its other half/],
    ['}{', /brace without its other half/],
    ['{a{b}}', /brace without its other half/],
    ['{json:/a}}', /brace without its other half/],
    ['header:', /must name what to take/],
    ['source:', /must name what to take/],
    ['{form:}', /must name what to take/],
    ['json:data.id', /JSON pointer such as json:\/data\/id/],
    ['json:/a~2', /~ that is neither ~0/],
    ['json:/a~', /~ that is neither ~0/],
    ['jsn:/id', /jsn:\/id is no selector/],
    ['body:/id', /no selector/],
    ['{param:id}', /no selector/],
    ['source:nam', /source:nam is not known; source:name,/],
    ['json:/a/{json:/b}', /json:\/a\/ must be in braces/],
    ['x'.repeat(1_025), /at most 1024 characters/],
  ])('refuses %j', (text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it.each([['plain', 'plain'], ['"order 17"', 'order 17'], ['"a\\"b"', 'a"b']])('reads an Idempotency-Key %s as posts do', (header, key) => {
    for (const text of ['header:idempotency-key', 'header:Idempotency-Key', '{header:idempotency-key}']) {
      expect(new FieldTemplate(text).valueOf(sources({ header: { 'idempotency-key': header } }))).toBe(key);
    }
    expect(new FieldTemplate('header:idempotency-key').valueOf(sources({}))).toBeUndefined();
  });

  it.each(['', 'a b', '"open', 'a, b'])('refuses the Idempotency-Key %j', (header) => {
    expect(() => new FieldTemplate('header:idempotency-key').valueOf(sources({ header: { 'idempotency-key': header } }))).toThrow(expect.objectContaining({ code: 'invalid_idempotency_key' }));
  });

  const constant = fc.string({ unit: fc.constantFrom(...'abcXYZ019 .-_/#é😀'), minLength: 1, maxLength: 8 }).filter((text) => text.trim() !== '');
  const name = fc.stringMatching(/^[a-z][a-z-]{0,10}$/).filter((text) => text !== 'idempotency-key');
  const value = fc.string({ minLength: 1 });

  it('keeps constants and values as they are, whatever they hold', () => {
    fc.assert(fc.property(constant, name, value, name, value, (before, header, headerValue, pointer, jsonValue) => {
      const template = new FieldTemplate(`${before}{header:${header}}-{json:/${pointer}}`);
      expect(template.valueOf(sources({ header: { [header]: headerValue }, json: { [`/${pointer}`]: jsonValue } }))).toBe(`${before.trimStart()}${headerValue}-${jsonValue}`);
    }));
  });

  it('takes the first alternative that has a value', () => {
    fc.assert(fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), fc.nat(), value, (names, position, found) => {
      const from = position % names.length;
      const json = Object.fromEntries(names.slice(from).map((each, index) => [`/${each}`, index === 0 ? found : 'later']));
      const text = names.map((each) => `json:/${each}`).join('|');
      expect(new FieldTemplate(text).valueOf(sources({ json }))).toBe(found);
      expect(new FieldTemplate(`{${text}}`).valueOf(sources({ json }))).toBe(found);
      expect(new FieldTemplate(text).valueOf(sources({}))).toBeUndefined();
    }));
  });

  it('is a template or says why not, for any text', () => {
    const piece = fc.constantFrom('{', '}', '|', ':', '/', '~', 'json:', 'header:', 'source:name', 'x', ' ', '\0', '\ud800', '__proto__');
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(piece).map((pieces) => pieces.join(''))), (text) => {
      if (problemOf(text) !== 'none') return;
      // What is in no source has no value, not one of Object.prototype.
      const found = new FieldTemplate(text).valueOf(sources({ known: { 'source:name': 'name' } }));
      expect(typeof found === 'string' || found === undefined).toBe(true);
    }), { numRuns: 1_000 });
  });
});
