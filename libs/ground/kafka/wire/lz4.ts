import { BatchTooLargeError } from './batch-too-large-error.js';
import { repeat } from './snappy.js';

const MAGIC = 0x184d2204;
const UNCOMPRESSED = 0x8000_0000;

/**
 * Decompresses an LZ4 frame, without its checksums: Kafka's batches have one of their own.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * @throws RangeError if it is not LZ4; BatchTooLargeError if it has more bytes than this
 */
export function lz4Decompressed(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.readUInt32LE(0) !== MAGIC) throw new RangeError('A compressed batch is no LZ4 frame');
  const [flags, descriptor] = [bytes.readUInt8(4), bytes.readUInt8(5)];
  const blockBytes = 2 ** (8 + 2 * ((descriptor >> 4) & 7));
  const [hasBlockChecksums, hasSize, hasDictionary] = [(flags & 0x10) !== 0, (flags & 0x08) !== 0, (flags & 0x01) !== 0];
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  // Blocks may refer to the blocks before them.
  let output: Buffer = Buffer.alloc(Math.min(blockBytes, maxBytes));
  let length = 0;
  for (;;) {
    const header = bytes.readUInt32LE(at);
    at += 4;
    if (header === 0) return output.subarray(0, length);
    const size = header & ~UNCOMPRESSED;
    const input = bytes.subarray(at, at + size);
    if (input.length !== size) throw new RangeError('A compressed batch is cut off');
    output = withRoom(output, length, Math.min(length + blockBytes, maxBytes));
    length = header >= UNCOMPRESSED ? appended(output, length, input) : decompressBlock(input, output, length);
    at += size + (hasBlockChecksums ? 4 : 0);
  }
}

function withRoom(output: Buffer, length: number, needed: number): Buffer {
  if (output.length >= needed) return output;
  const larger = Buffer.alloc(Math.max(needed, Math.min(2 * output.length, 2 * needed)));
  output.copy(larger, 0, 0, length);
  return larger;
}

function appended(output: Buffer, length: number, input: Buffer): number {
  if (length + input.length > output.length) throw new BatchTooLargeError();
  input.copy(output, length);
  return length + input.length;
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
function decompressBlock(input: Buffer, output: Buffer, from: number): number {
  let at = 0;
  let to = from;
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let byte = 255; byte === 255; length += byte) byte = input.readUInt8(at++);
    return length;
  };
  while (at < input.length) {
    const token = input.readUInt8(at++);
    const literals = lengthOf(token >> 4);
    if (at + literals > input.length) throw new RangeError('A compressed batch is corrupt');
    to = appended(output, to, input.subarray(at, at + literals));
    at += literals;
    // The last sequence has literals only.
    if (at === input.length) return to;
    const offset = input.readUInt16LE(at);
    at += 2;
    const size = lengthOf(token & 15) + 4;
    if (to + size > output.length) throw new BatchTooLargeError();
    to = repeat(output, to, offset, size);
  }
  return to;
}
