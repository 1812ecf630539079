type Bytes = string | Buffer;

/** A record without offset and time, which are the batch's. */
export interface ProducedRecord {
  readonly key?: Bytes | null;
  readonly value?: Bytes | null;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>;
}

/** A UTF-16 unit takes at most three bytes in UTF-8, and a pair of them four. */
const MAX_BYTES_PER_UNIT = 3;
const MAX_VARINT_BYTES = 8;

/** The most bytes that the record takes. */
export function recordBound({ key, value, headers = {} }: ProducedRecord): number {
  let bound = 4 * MAX_VARINT_BYTES + bytesBound(key) + bytesBound(value);
  for (const name of Object.keys(headers)) {
    const one = headers[name] ?? '';
    if (Array.isArray(one)) for (const each of one as readonly Bytes[]) bound += bytesBound(name) + bytesBound(each);
    else bound += bytesBound(name) + bytesBound(one as Bytes);
  }
  return bound;
}

/**
 * Writes a record of format v2 (https://kafka.apache.org/documentation/#record) without a time of its own, byte for byte
 * as kafkajs does. `target` must have space for `recordBound`.
 * @returns where the next record begins
 */
export function writeRecord(target: Buffer, start: number, offsetDelta: number, { key, value, headers = {} }: ProducedRecord): number {
  // Most records are shorter than 8 KiB, and their length takes two bytes.
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

/** Writes the bytes behind their length; the length of null is -1. */
function writeBytes(target: Buffer, start: number, bytes: Bytes | null | undefined): number {
  if (bytes === null || bytes === undefined) return writeVarint(target, start, -1);
  if (typeof bytes !== 'string') {
    const at = writeVarint(target, start, bytes.length);
    return at + bytes.copy(target, at);
  }
  // Writes the string first, which tells its length: Buffer.byteLength takes as long as writing.
  const gap = varintSize(bytes.length);
  const written = target.write(bytes, start + gap, 'utf8');
  return withLength(target, start, gap, start + gap + written);
}

/** Writes the length of `start + gap … end` at `start`, and moves the bytes when the length doesn't fill the gap exactly. @returns the new end */
function withLength(target: Buffer, start: number, gap: number, end: number): number {
  const length = end - start - gap;
  const needed = varintSize(length);
  if (needed !== gap) target.copyWithin(start + needed, start + gap, end);
  writeVarint(target, start, length);
  return end - gap + needed;
}

function bytesBound(bytes: Bytes | null | undefined): number {
  if (bytes === null || bytes === undefined) return 1;
  return MAX_VARINT_BYTES + (typeof bytes === 'string' ? MAX_BYTES_PER_UNIT * bytes.length : bytes.length);
}

/** Maps small numbers of either sign to small positive ones; exact up to 2^52. */
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
