import { z } from 'zod';
import { idSchema } from '#ground/http/public-id';
import { eventType } from '#manage/events/event.schema';

const DEFAULT_TYPE = 'lockstep.test';

export const endpointTestSchema = z
  .strictObject({
    type: eventType.default(DEFAULT_TYPE).meta({ example: 'order.created' }),
    data: z.json().default({}).meta({ description: '`data` of the body', example: { total: 42 } }),
  })
  .meta({ example: { type: 'order.created', data: { total: 42 } } })
  .nullish()
  .transform((body) => body ?? { type: DEFAULT_TYPE, data: {} });
export type EndpointTest = z.output<typeof endpointTestSchema>;

export const testedEndpointSchema = z
  .object({
    id: idSchema('evt').meta({ description: 'The `webhook-id` of the request. There is no event with this id' }),
    attempt: z.object({
      startedAt: z.iso.datetime(),
      durationMs: z.int().min(0),
      statusCode: z.int().min(100).max(999).nullable().meta({ description: 'Null if no response came; `error` says why' }),
      error: z.string().max(500).nullable(),
      responseBody: z.string().nullable().meta({ description: 'First 16 KiB of the body' }),
    }),
  })
  .meta({ id: 'TestedEndpoint' });
export type TestedEndpoint = z.output<typeof testedEndpointSchema>;
