type Bytes = string | Buffer;

/** What a record holds; its offset and time are the batch's. */
export interface ProducedRecord {
  readonly key?: Bytes | null;
  readonly value?: Bytes | null;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>;
}

/** A character takes three bytes at most in UTF-8 (four for two UTF-16 units). */
const BYTES_PER_CHARACTER = 3;
const LONGEST_VARINT = 8;

/** Bytes that the record takes at most. */
export function recordBound({ key, value, headers = {} }: ProducedRecord): number {
  let bound = 4 * LONGEST_VARINT + bytesBound(key) + bytesBound(value);
  for (const name of Object.keys(headers)) {
    const one = headers[name] ?? '';
    if (Array.isArray(one)) for (const each of one as readonly Bytes[]) bound += bytesBound(name) + bytesBound(each);
    else bound += bytesBound(name) + bytesBound(one as Bytes);
  }
  return bound;
}

/**
 * Writes a record of format v2 (https://kafka.apache.org/documentation/#record) without a time of its own, byte for byte
 * as kafkajs does. `target` has room for `recordBound`.
 * @returns where the next one goes
 */
export function writeRecord(target: Buffer, start: number, offsetDelta: number, { key, value, headers = {} }: ProducedRecord): number {
  // Most are shorter than 8 KiB: their length takes two bytes.
  let at = start + 2;
  target[at++] = 0; // Attributes: none are defined.
  target[at++] = 0; // Milliseconds after the batch's.
  at = writeVarint(target, at, offsetDelta);
  at = writeBytes(target, at, key);
  at = writeBytes(target, at, value);
  at = writeHeaders(target, at, headers);
  return withLength(target, start, 2, at);
}

function writeHeaders(target: Buffer, start: number, headers: Readonly<Record<string, Bytes | readonly Bytes[]>>): number {
  const names = Object.keys(headers);
  let count = 0;
  for (const name of names) {
    const one = headers[name];
    count += Array.isArray(one) ? one.length : 1;
  }
  let at = writeVarint(target, start, count);
  for (const name of names) {
    const one = headers[name] ?? '';
    for (const each of Array.isArray(one) ? (one as readonly Bytes[]) : [one as Bytes]) {
      at = writeBytes(target, at, name);
      at = writeBytes(target, at, each);
    }
  }
  return at;
}

/** With its length before it; -1 stands for null. */
function writeBytes(target: Buffer, start: number, bytes: Bytes | null | undefined): number {
  if (bytes === null || bytes === undefined) return writeVarint(target, start, -1);
  if (typeof bytes !== 'string') {
    const at = writeVarint(target, start, bytes.length);
    return at + bytes.copy(target, at);
  }
  // Written first and measured by that: asking for the length takes as long as writing.
  const room = varintSize(bytes.length);
  const written = target.write(bytes, start + room, 'utf8');
  return withLength(target, start, room, start + room + written);
}

/** Puts the length of what was written behind `room` bytes in front of it, and moves it when that takes another number of bytes. */
function withLength(target: Buffer, start: number, room: number, end: number): number {
  const length = end - start - room;
  const needed = varintSize(length);
  if (needed !== room) target.copyWithin(start + needed, start + room, end);
  writeVarint(target, start, length);
  return end - room + needed;
}

function bytesBound(bytes: Bytes | null | undefined): number {
  if (bytes === null || bytes === undefined) return 1;
  return LONGEST_VARINT + (typeof bytes === 'string' ? BYTES_PER_CHARACTER * bytes.length : bytes.length);
}

/** Small numbers of either sign become small ones without; exact up to 2^52. */
function zigzag(value: number): number {
  return value >= 0 ? 2 * value : -2 * value - 1;
}

function varintSize(value: number): number {
  let rest = zigzag(value);
  let size = 1;
  for (; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

function writeVarint(target: Buffer, start: number, value: number): number {
  let rest = zigzag(value);
  let at = start;
  for (; rest > 127; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) + 128;
  target[at++] = rest;
  return at;
}
