import { createRequire } from 'node:module';

/** Parts of kafkajs' Decoder, which reads a response. */
export interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readVarInt(): number;
  readString(): string | null;
  readBytes(length: number): Buffer;
  canReadBytes(length: number): boolean;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. The tests of what is patched fail when it changes.
export const Decoder = createRequire(import.meta.url)('kafkajs/src/protocol/decoder.js') as { new (bytes: Buffer): Decoder; readonly prototype: Decoder };
