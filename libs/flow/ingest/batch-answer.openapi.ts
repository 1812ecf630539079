import { z } from 'zod';
import { ERROR_CODES } from '#domain/problem';
import { idSchema } from '#ground/http/public-id';
import { MAX_BATCH_ITEMS } from './batch-acceptor.js';

const accepted = z.object({ status: z.literal(202), id: idSchema('evt'), replayed: z.boolean(), requeued: z.literal(true).optional().meta({ description: 'The event was accepted before, and its dead deliveries are delivered again' }) });
const refused = z.object({
  status: z.int().min(400).max(599),
  code: z.enum(ERROR_CODES),
  detail: z.string(),
  id: idSchema('evt').optional().meta({ description: 'With `conflict`: the event that was accepted before' }),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

/** The answer to a batch. */
export const BATCH_ANSWER = z
  // The last one says why the rest was not read.
  .object({ results: z.array(z.union([accepted, refused])).max(MAX_BATCH_ITEMS + 1) })
  .meta({
    id: 'BatchResults',
    example: {
      results: [
        { status: 202, id: 'evt_0192f3c1a5b07d4e8f00c3a1b2d4e5f6', replayed: false },
        { status: 422, code: 'idempotency_key_reused', detail: 'This idempotency key was used with another body; use a new key for another event' },
      ],
    },
  });
