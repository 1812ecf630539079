import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BatchTooLargeError } from './batch-too-large-error.js';
import { lz4Decompressed } from './lz4.js';
import { snappyDecompressed } from './snappy.js';

/** Written by hand from the formats: five literals, then a copy that overlaps what it makes. read-compressed.int-spec.ts has real ones. */
const SNAPPY = Buffer.from([11, (4 << 2) | 0, ...Buffer.from('hello'), ((6 - 4) << 2) | 1, 5]);
const LZ4 = Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]), Buffer.from([14, 0, 0, 0]), Buffer.from([0x53]), Buffer.from('hello'), Buffer.from([5, 0]), Buffer.from([0x50]), Buffer.from('world'), Buffer.from([0, 0, 0, 0])]);

describe.each([['snappy', snappyDecompressed, SNAPPY, 'hellohelloh'], ['lz4', lz4Decompressed, LZ4, 'hellohelloheworld']] as const)('%s', (_name, decompressed, bytes, text) => {
  it('gives what was compressed', () => {
    expect(decompressed(bytes, 1_000).toString()).toBe(text);
  });

  it('refuses more than is allowed', () => {
    for (let maxBytes = 0; maxBytes < text.length; maxBytes++) expect(() => decompressed(bytes, maxBytes)).toThrow(BatchTooLargeError);
  });

  it('ends with a range error for anything else', () => {
    const mutated = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
      const copy = Buffer.from(bytes);
      for (const [at, byte] of changes) copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 64 }).map((each) => Buffer.from(each)), fc.nat(bytes.length).map((end) => bytes.subarray(0, end))), (input) => {
        try {
          expect(decompressed(input, 1_000).length).toBeLessThanOrEqual(1_000);
        } catch (error) {
          // By its name: Node's own is of another realm than jest's.
          expect((error as Error).name).toBe('RangeError');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
