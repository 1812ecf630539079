import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { lz4Decompressed } from './lz4.js';
import { snappyDecompressed } from './snappy.js';

/** Of one batch. A few kilobytes can stand for gigabytes, and others write the topics. */
const MAX_BYTES = 67_108_864;

const { CompressionCodecs, CompressionTypes } = kafkajs;

/**
 * Lets consumers of this process read batches of all codecs that Kafka has. kafkajs 2.2.4 knows gzip only, and without a bound;
 * a batch of another codec ends its consumer. Nothing is written with them.
 */
export function readCompressedBatches(): void {
  const [gunzipped, zstdDecompressed] = [promisify(gunzip), promisify(zstdDecompress)];
  CompressionCodecs[CompressionTypes.GZIP] = readerWith((bytes) => gunzipped(bytes, { maxOutputLength: MAX_BYTES }));
  CompressionCodecs[CompressionTypes.Snappy] = readerWith((bytes) => Promise.resolve(snappyDecompressed(bytes, MAX_BYTES)));
  CompressionCodecs[CompressionTypes.LZ4] = readerWith((bytes) => Promise.resolve(lz4Decompressed(bytes, MAX_BYTES)));
  CompressionCodecs[CompressionTypes.ZSTD] = readerWith((bytes) => zstdDecompressed(bytes, { maxOutputLength: MAX_BYTES }));
}

/** kafkajs asks for a codec of each batch. */
function readerWith(decompress: (bytes: Buffer) => Promise<Buffer>): () => object {
  const codec = { decompress, compress: () => Promise.reject(new Error('Lockstep writes no compressed batches')) };
  return () => codec;
}
