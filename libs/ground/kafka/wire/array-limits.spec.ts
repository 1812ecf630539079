import { expect, it } from '@jest/globals';
import { Decoder } from './decoder.js';
import { patchKafkajs } from './patch-kafkajs.js';

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
