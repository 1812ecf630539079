import { expect, it } from '@jest/globals';
import { ResponseSizes } from './response-sizes.js';

const MAX_BYTES = 10;

function response(size: number, bytes = size): Buffer {
  const written = Buffer.alloc(4 + Math.max(bytes, 0), 0xff);
  written.writeInt32BE(size);
  return written;
}

/** Adds bytes in pieces of this length. */
function add(bytes: Buffer, length: number): void {
  const sizes = new ResponseSizes(MAX_BYTES);
  for (let at = 0; at < bytes.length; at += length) sizes.add(bytes.subarray(at, at + length));
}

const LENGTHS = Array.from({ length: 30 }, (_, i) => i + 1);

it('takes responses up to the limit, in whichever pieces they come', () => {
  const bytes = Buffer.concat([response(MAX_BYTES), response(0), response(7), response(MAX_BYTES)]);
  for (const length of LENGTHS) expect(() => add(bytes, length)).not.toThrow();
});

it.each([MAX_BYTES + 1, 2_147_483_647, -1, -4, -2_147_483_648])('refuses a response of %i bytes as soon as its size is there', (size) => {
  const bytes = Buffer.concat([response(7), response(size, 0)]);
  for (const length of LENGTHS) {
    expect(() => add(bytes, length)).toThrow(`it announces a response of ${size} bytes, and at most 10 are read`);
    expect(() => add(bytes.subarray(0, -1), length)).not.toThrow();
  }
});
