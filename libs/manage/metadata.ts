import { z } from 'zod';

const MAX_BYTES = 16_384;

/** What clients store with a resource. */
export const metadataSchema = z
  .record(z.string(), z.json())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES, `must be at most ${MAX_BYTES} bytes of JSON`)
  .refine(isStorable, 'must have no NUL and no half of a surrogate pair in its names and texts')
  .meta({ description: `Any JSON of at most ${MAX_BYTES} bytes, without NUL in its texts` });

/** Whether Postgres takes it as jsonb, which has no U+0000 and no lone surrogates. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member));
}
