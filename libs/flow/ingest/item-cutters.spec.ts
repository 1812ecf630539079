import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonText } from '#dev/testing/hostile-input';
import { LockstepError } from '#domain/problem';
import type { BatchItem, ItemCutter } from './item-bytes.js';
import { JsonArrayItems } from './json-array-items.js';
import { LineItems } from './line-items.js';

const MAX_BYTES = 1_000_000;
const RUNS = 400;

interface Cut {
  /** An item that was not kept is its problem's code. */
  readonly items: readonly string[];
  readonly failure?: string;
}

/** Cuts the pieces that arrive one after another. */
function cut(cutter: ItemCutter, pieces: readonly Uint8Array[]): Cut {
  const items: BatchItem[] = [];
  const texts = (): string[] => items.map((item) => (Buffer.isBuffer(item) ? item.toString() : item.code));
  try {
    for (const piece of pieces) cutter.cut(Buffer.from(piece), items);
    cutter.end(items);
  } catch (error) {
    if (!(error instanceof LockstepError) || error.code !== 'invalid_request') throw error;
    return { items: texts(), failure: error.message };
  }
  return { items: texts() };
}

function splitAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end));
}

const array = (text: string, maxBytes = MAX_BYTES): Cut => cut(new JsonArrayItems(maxBytes), [Buffer.from(text)]);
const lines = (text: string, maxBytes = MAX_BYTES): Cut => cut(new LineItems(maxBytes), [Buffer.from(text)]);
const everyByte = (text: string): Buffer[] => [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** JSON, with a character replaced, added or left out now and then. */
const nearlyJson = fc.tuple(fc.array(jsonText, { maxLength: 5 }), fc.option(fc.tuple(fc.nat(), fc.nat({ max: 1 }), fc.constantFrom('', ',', '[', ']', '{', '}', '"', '\\', ' ', '\n', ':', '1', '\ufeff', 'é')))).map(([texts, change]) => {
  const text = `[${texts.join(' ,\n')}]`;
  if (change === null) return text.toWellFormed();
  const [place, removed, added] = change;
  const at = place % (text.length + 1);
  return (text.slice(0, at) + added + text.slice(at + removed)).toWellFormed();
});

describe('JsonArrayItems', () => {
  it('agrees with JSON.parse about every text, and about every item', () => {
    fc.assert(fc.property(nearlyJson, (text) => {
      const { items, failure } = array(text);
      const whole = parsed(text);
      const isWholeGood = failure === undefined && items.every((item) => parsed(item) !== undefined);
      expect(isWholeGood).toBe(Array.isArray(whole));
      if (Array.isArray(whole)) expect(items.map(parsed)).toEqual(whole);
    }), { numRuns: RUNS });
  });

  it('cuts the same items, however the bytes arrive', () => {
    fc.assert(fc.property(nearlyJson, fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
      const whole = array(text);
      expect(cut(new JsonArrayItems(MAX_BYTES), splitAt(Buffer.from(text), places))).toEqual(whole);
      expect(cut(new JsonArrayItems(MAX_BYTES), everyByte(text))).toEqual(whole);
    }), { numRuns: RUNS });
  });

  it('survives any bytes', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constantFrom('[', ']', '{', '}', '"', '\\', ',').map((text) => Buffer.from(text)), fc.uint8Array({ maxLength: 4 })), { maxLength: 30 }), (pieces) => {
      const whole = cut(new JsonArrayItems(MAX_BYTES), [Buffer.concat(pieces)]);
      expect(cut(new JsonArrayItems(MAX_BYTES), pieces)).toEqual(whole);
    }), { numRuns: RUNS });
  });

  it('keeps the bytes of an item exactly', () => {
    expect(array(' [ {"a" : 1.0, "b":"]},\\"" }\t,\r\n[1, 2],"\\\\" , -0 ]\n')).toEqual({ items: ['{"a" : 1.0, "b":"]},\\"" }', '[1, 2]', '"\\\\"', '-0'] });
    expect(array('[]')).toEqual({ items: [] });
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(array(`[${deep}]`)).toEqual({ items: [deep] });
  });

  it('keeps an unfinished item of tiny pieces in not much more memory than its size', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const usedBytes = (): number => {
      collectGarbage();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const cutter = new JsonArrayItems(MAX_BYTES);
    const items: BatchItem[] = [];
    cutter.cut(Buffer.from('["'), items);
    const before = usedBytes();
    for (let n = 0; n < 50_000; n++) cutter.cut(Buffer.from(new Uint8Array([0x78])), items);
    expect(usedBytes() - before).toBeLessThan(1_000_000);
    cutter.cut(Buffer.from('"]'), items);
    expect(items.map((item) => (item as Buffer).length)).toEqual([50_002]);
  });

  it('gives the items before the place where the framing breaks', () => {
    expect(array('[1,2')).toEqual({ items: ['1'], failure: 'the body ends within the array' });
    expect(array('[1 2]')).toEqual({ items: ['1'], failure: '`,` or `]` must follow an item' });
    expect(array('[1,]')).toEqual({ items: ['1'], failure: 'an item is missing' });
    expect(array('[1][2]')).toEqual({ items: ['1'], failure: 'nothing may follow the array' });
    expect(array('{"a":1}').failure).toMatch(/must be a JSON array/);
    expect(array('\ufeff[]').failure).toMatch(/must be a JSON array/);
    expect(array(' ').failure).toBe('the body has no JSON array');
  });

  it('leaves out an item above the limit, and goes on behind it', () => {
    const large = `"${'x'.repeat(99)}"`;
    expect(array(`["a",${large},"b"]`, 100)).toEqual({ items: ['"a"', 'payload_too_large', '"b"'] });
    expect(array(`["a",${large},"b"]`, 101)).toEqual({ items: ['"a"', large, '"b"'] });
    expect(cut(new JsonArrayItems(100), everyByte(`["a",${large},"b"]`))).toEqual({ items: ['"a"', 'payload_too_large', '"b"'] });
  });
});

describe('LineItems', () => {
  it('cuts at line ends, and skips blank lines', () => {
    expect(lines('{"a":1}\n\r\n \t\n{"a": 2 }\r\nx')).toEqual({ items: ['{"a":1}', '{"a": 2 }', 'x'] });
    expect(lines('')).toEqual({ items: [] });
    expect(lines('\n\n')).toEqual({ items: [] });
  });

  it('cuts the same items, however the bytes arrive', () => {
    const text = fc.array(fc.constantFrom('{"a":"é"}', '\n', '\r\n', ' ', '\r', 'x'), { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(fc.property(text, fc.array(fc.nat(), { maxLength: 6 }), (body, places) => {
      const whole = lines(body);
      expect(whole.items).toEqual(body.split('\n').filter((line) => line.trim() !== '').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)));
      expect(cut(new LineItems(MAX_BYTES), splitAt(Buffer.from(body), places))).toEqual(whole);
      expect(cut(new LineItems(MAX_BYTES), everyByte(body))).toEqual(whole);
    }), { numRuns: RUNS });
  });

  it('leaves out a line above the limit, and goes on behind it', () => {
    expect(lines(`a\n${'x'.repeat(11)}\nb`, 10)).toEqual({ items: ['a', 'payload_too_large', 'b'] });
    expect(lines(`a\n${'x'.repeat(10)}\nb`, 10).items).toHaveLength(3);
  });
});
