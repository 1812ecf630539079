import { arrayOf } from './array-limits.js';
import { Decoder } from './decoder.js';

interface Header {
  readonly key: string | null;
  readonly value: Buffer | null;
}

/** What kafkajs hands out: of headers with the same name, all values. */
type Headers = Record<string, Header['value'] | Header['value'][]>;

/**
 * Reads the headers of records in a time that grows with their number. kafkajs 2.2.4 copies all headers for each one: 10,000
 * of them, which fit into 100 KB, kept the process busy for 43 s. It also mistakes names such as `constructor` for repeated ones.
 */
export function readHeadersLinearly(): void {
  Object.assign(Decoder.prototype, { readVarIntArray });
}

/** kafkajs reads nothing with it but the headers of a record, and calls `reduce` of what it returns. */
function readVarIntArray(this: Decoder, read: (decoder: Decoder) => Header): { reduce(): Headers } {
  const headers = arrayOf<Header>(this.readVarInt(), this);
  for (let i = 0; i < headers.length; i++) headers[i] = read(this);
  return { reduce: () => byName(headers) };
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
