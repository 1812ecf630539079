import { z } from 'zod';
import { CursorFormat, UINT31, UINT52 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { textSchema } from '#ground/http/text-schema';
import { moment } from '#manage/events/event.schema';

/** Minutes since 1970, and the row's key. */
export const rejectionCursor = new CursorFormat(UINT31, UINT52);

export const rejectionQuerySchema = z.strictObject({
  source: textSchema({ min: 1, max: 255 }).optional().meta({ description: 'The name of a source; `api` for posts', example: 'api' }),
  key: textSchema({ min: 1, max: 255 }).optional().meta({ description: 'The id of an API key or a source, or `admin`', example: 'admin' }),
  code: z.string().max(64).regex(/^[a-z_]+$/, 'must be a problem code, duplicate or other').optional().meta({ example: 'duplicate' }),
  from: moment.optional().meta({ description: 'Minutes that begin at this moment or later' }),
  to: moment.optional().meta({ description: 'Minutes that begin before this moment' }),
  ...pageQuery(rejectionCursor),
});
export type RejectionQuery = z.output<typeof rejectionQuerySchema>;

export const rejectionSchema = z
  .object({
    minute: z.iso.datetime().meta({ description: 'The beginning of the minute' }),
    source: z.string().meta({ description: 'The name of the source; `api` for posts', example: 'api' }),
    key: z.string().meta({ description: 'The id of the API key or source, or `admin`. `other`: more than 1,000 kinds of rejections at one gateway within seconds', example: 'admin' }),
    code: z.string().meta({ description: 'A problem code; `duplicate`: an event with this idempotency key was accepted before; `other`', example: 'invalid_request' }),
    count: z.int().min(1).meta({ example: 12 }),
    lastDetail: z.string().max(500).meta({ description: 'Of the last one of them', example: '/type must be a name such as order.created' }),
    lastAt: z.iso.datetime(),
  })
  .meta({ id: 'Rejection' });
export type RejectionResource = z.output<typeof rejectionSchema>;
