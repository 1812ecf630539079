import { BatchTooLargeError } from './batch-too-large-error.js';

/** What Java clients put before blocks of snappy: a magic number and two versions. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_BYTES = 16;

/**
 * Decompresses snappy: one block, or the framing of Java clients, which has many.
 * https://github.com/google/snappy/blob/main/format_description.txt
 * @throws RangeError if it is not snappy; BatchTooLargeError if it has more bytes than this
 */
export function snappyDecompressed(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return block(bytes, maxBytes);
  const blocks: Buffer[] = [];
  let left = maxBytes;
  for (let at = XERIAL_BYTES; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const decompressed = block(bytes.subarray(at + 4, at + 4 + length), left);
    blocks.push(decompressed);
    left -= decompressed.length;
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

function block(bytes: Buffer, maxBytes: number): Buffer {
  let at = 0;
  let length = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes.readUInt8(at++);
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > maxBytes) throw new BatchTooLargeError();
  const output = Buffer.alloc(length);
  let to = 0;
  while (at < bytes.length) {
    const tag = bytes.readUInt8(at++);
    if ((tag & 3) === 0) {
      let size = (tag >> 2) + 1;
      if (size > 60) {
        const sizeBytes = size - 60;
        size = bytes.readUIntLE(at, sizeBytes) + 1;
        at += sizeBytes;
      }
      if (at + size > bytes.length || to + size > length) throw corrupt();
      bytes.copy(output, to, at, at + size);
      at += size;
      to += size;
      continue;
    }
    const [size, offset, used] = copyOf(bytes, tag, at);
    at += used;
    to = repeat(output, to, offset, size);
  }
  if (to !== length) throw corrupt();
  return output;
}

/** Length and offset of a copy, and how many bytes say so. */
function copyOf(bytes: Buffer, tag: number, at: number): readonly [number, number, number] {
  switch (tag & 3) {
    case 1:
      return [((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | bytes.readUInt8(at), 1];
    case 2:
      return [(tag >> 2) + 1, bytes.readUInt16LE(at), 2];
    default:
      return [(tag >> 2) + 1, bytes.readUInt32LE(at), 4];
  }
}

/** Appends bytes of the output that may overlap what they make. Returns where the output ends then. */
export function repeat(output: Buffer, to: number, offset: number, size: number): number {
  if (offset === 0 || offset > to || to + size > output.length) throw corrupt();
  if (offset >= size) output.copy(output, to, to - offset, to - offset + size);
  else for (let i = 0; i < size; i++) output[to + i] = output[to - offset + i] ?? 0;
  return to + size;
}

function corrupt(): RangeError {
  return new RangeError('A compressed batch is corrupt');
}
