import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { patchKafkajs } from './patch-kafkajs.js';

interface Decoder {
  readInt8(): number;
  readArray(read: (decoder: Decoder) => number): number[];
  readArrayAsync(read: (decoder: Decoder) => Promise<number>): Promise<number[]>;
}

const require = createRequire(import.meta.url);
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => Decoder;
const readRecord = require('kafkajs/src/protocol/recordBatch/record/v0/decoder.js') as (decoder: Decoder, batch: object) => { readonly headers: object };
const BATCH = { firstOffset: '0', firstTimestamp: '0' };

const READERS: Readonly<Record<string, (decoder: Decoder) => number[] | Promise<number[]>>> = {
  readArray: (decoder) => decoder.readArray((from) => from.readInt8()),
  readArrayAsync: (decoder) => decoder.readArrayAsync((from) => Promise.resolve(from.readInt8())),
};

const int32 = (value: number, ...more: number[]): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return Buffer.concat([bytes, Buffer.from(more)]);
};

it.each(Object.keys(READERS))('%s reads as before, and refuses more elements than there are bytes', async (name) => {
  patchKafkajs();
  const read = async (bytes: Buffer): Promise<number[] | undefined> => READERS[name]?.(new Decoder(bytes));
  expect([await read(int32(2, 7, 8)), await read(int32(0)), await read(int32(-1))]).toEqual([[7, 8], [], []]);
  await expect(read(int32(3, 7, 8))).rejects.toThrow('it announces 3 elements, and has 2 more bytes');
  await expect(read(int32(2_000_000_000, 7))).rejects.toThrow('it announces 2000000000 elements');
  await expect(read(int32(-2))).rejects.toThrow('it announces -2 elements');
});

it('reads the headers of a record as before, and refuses a record with a billion headers', () => {
  patchKafkajs();
  // Attributes, time, offset, no key, no value, then the headers: {"a":"b"}.
  const start = [0, 0, 0, 1, 1];
  expect(readRecord(new Decoder(Buffer.from([...start, 2, 2, 0x61, 2, 0x62])), BATCH).headers).toEqual({ a: Buffer.from('b') });
  expect(() => readRecord(new Decoder(Buffer.from([...start, 0x80, 0xa8, 0xd6, 0xb9, 0x07])), BATCH)).toThrow('it announces 1000000000 elements, and has 0 more bytes');
});
