import { createRequire } from 'node:module';
import { arrayOf } from './array-limits.js';

interface Header {
  readonly key: string | null;
  readonly value: Buffer | null;
}

/** What kafkajs hands out: of headers with the same name, all values. */
type Headers = Record<string, Header['value'] | Header['value'][]>;

/** Parts of kafkajs' Decoder. */
interface Decoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readVarInt(): number;
  /** kafkajs reads nothing with it but the headers of a record, and calls `reduce` of what it returns. */
  readVarIntArray(read: (decoder: Decoder) => Header): { reduce(): Headers };
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads it in another way.
const { prototype } = createRequire(import.meta.url)('kafkajs/src/protocol/decoder.js') as { readonly prototype: Decoder };

/**
 * Reads the headers of records in a time that grows with their number. kafkajs 2.2.4 copies all headers for each one: 10,000
 * of them, which fit into 100 KB, kept the process busy for 43 s. It also mistakes names such as `constructor` for repeated ones.
 */
export function readHeadersLinearly(): void {
  prototype.readVarIntArray = function (this: Decoder, read) {
    const headers = arrayOf<Header>(this.readVarInt(), this);
    for (let i = 0; i < headers.length; i++) headers[i] = read(this);
    return { reduce: () => byName(headers) };
  };
}

function byName(headers: readonly Header[]): Headers {
  const found = new Map<string, Headers[string]>();
  for (const { key, value } of headers) {
    const name = String(key);
    const before = found.get(name);
    if (before === undefined) found.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else found.set(name, [before, value]);
  }
  return Object.fromEntries(found);
}
