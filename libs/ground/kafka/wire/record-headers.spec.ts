import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { Decoder } from './decoder.js';
import { patchKafkajs } from './patch-kafkajs.js';

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => { writeVarInt(value: number): { readonly buffer: Buffer } };
const readRecord = require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (decoder: object, batch: object) => { readonly headers: object };

type Header = readonly [name: string, value: string | null];

const varInt = (value: number): Buffer => new Encoder().writeVarInt(value).buffer;
const textOf = (text: string | null): Buffer => (text === null ? varInt(-1) : Buffer.concat([varInt(Buffer.byteLength(text)), Buffer.from(text)]));

/** What kafkajs reads of a record without key and value. */
function headersOf(headers: readonly Header[], announced = headers.length): object {
  patchKafkajs();
  const bytes = Buffer.concat([Buffer.from([0, 0, 0]), varInt(-1), varInt(-1), varInt(announced), ...headers.flatMap(([name, value]) => [textOf(name), textOf(value)])]);
  return readRecord(new Decoder(bytes), { firstOffset: '0', firstTimestamp: '0' }).headers;
}

it('reads headers as kafkajs does, with all values of a name', () => {
  const [one, two, three] = ['1', '2', '3'].map((text) => Buffer.from(text));
  expect(headersOf([])).toEqual({});
  expect(headersOf([['a', '1'], ['b', null], ['a', '2'], ['', '3'], ['a', '3']])).toEqual({ a: [one, two, three], b: null, '': three });
});

it('reads names that objects have by themselves', () => {
  const headers = headersOf([['constructor', 'a'], ['__proto__', 'b']]);
  expect(Object.entries(headers)).toEqual([['constructor', Buffer.from('a')], ['__proto__', Buffer.from('b')]]);
});

it('reads 50,000 headers, for which kafkajs alone takes a quarter of an hour', () => {
  expect(Object.keys(headersOf(Array.from({ length: 50_000 }, (_, i) => [String(i), 'x'])))).toHaveLength(50_000);
});

it('refuses a record with more headers than bytes', () => {
  expect(() => headersOf([], 1_000_000_000)).toThrow('it announces 1000000000 elements, and has 0 more bytes');
});
