import { z } from 'zod';

const MAX_BYTES = 16_384;

/** What clients store with a resource. */
export const metadataSchema = z
  .record(z.string(), z.json())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES, `must be at most ${MAX_BYTES} bytes of JSON`)
  .meta({ description: `Any JSON of at most ${MAX_BYTES} bytes, without NUL in its texts` });
