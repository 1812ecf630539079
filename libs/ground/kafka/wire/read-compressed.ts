import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { limitFetches, withinBudget } from './fetch-budget.js';
import { lz4Decompressed } from './lz4.js';
import { snappyDecompressed } from './snappy.js';

/** A few kilobytes can stand for gigabytes, and others write the topics. */
const MAX_BYTES = 67_108_864;

const { CompressionCodecs, CompressionTypes } = kafkajs;

/**
 * Lets consumers of this process read batches of all codecs that Kafka has. kafkajs 2.2.4 knows gzip only, and without a bound;
 * a batch of another codec ends its consumer. Nothing is written with them.
 *
 * Snappy and LZ4 are our own code: well-kept packages have theirs in optional dependencies, which the image leaves out, and none
 * for LZ4 bounds what it makes.
 * @param maxBytes of all batches of a fetch, decompressed
 */
export function readCompressedBatches(maxBytes = MAX_BYTES): void {
  limitFetches(maxBytes);
  const [gunzipped, zstdDecompressed] = [promisify(gunzip), promisify(zstdDecompress)];
  CompressionCodecs[CompressionTypes.GZIP] = readerWith((bytes, maxOutputLength) => gunzipped(bytes, { maxOutputLength }));
  CompressionCodecs[CompressionTypes.Snappy] = readerWith((bytes, maxBytes) => Promise.resolve(snappyDecompressed(bytes, maxBytes)));
  CompressionCodecs[CompressionTypes.LZ4] = readerWith((bytes, maxBytes) => Promise.resolve(lz4Decompressed(bytes, maxBytes)));
  CompressionCodecs[CompressionTypes.ZSTD] = readerWith((bytes, maxOutputLength) => zstdDecompressed(bytes, { maxOutputLength }));
}

/** kafkajs asks for a codec of each batch. */
function readerWith(decompress: (bytes: Buffer, maxBytes: number) => Promise<Buffer>): () => object {
  const codec = { decompress: withinBudget(decompress), compress: () => Promise.reject(new Error('Lockstep writes no compressed batches')) };
  return () => codec;
}
