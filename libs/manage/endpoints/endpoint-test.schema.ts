import { z } from 'zod';
import { EVENT_TYPE, EVENT_TYPE_RULE, LONGEST_EVENT_TYPE } from '#domain/event-type';
import { idSchema } from '#ground/http/public-id';

const DEFAULT_TYPE = 'lockstep.test';

export const endpointTestSchema = z
  .strictObject({
    type: z.string().max(LONGEST_EVENT_TYPE).regex(EVENT_TYPE, EVENT_TYPE_RULE).default(DEFAULT_TYPE).meta({ example: 'order.created' }),
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
