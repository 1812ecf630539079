import { z } from 'zod';
import { entity, eventType, moment } from '#manage/events/event.schema';

export const endpointReplayRequestSchema = z
  .strictObject({
    from: moment.meta({ description: 'The event was accepted at this moment or later' }),
    to: moment.meta({ description: 'The event was accepted before this moment' }),
    entity: entity.optional(),
    type: eventType.optional(),
    status: z.enum(['any', 'undelivered']).default('any').meta({ description: '`any`: what was delivered, again, and dead letters. `undelivered`: dead letters' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only count them' }),
  })
  .meta({ id: 'EndpointReplayRequest' });
export type EndpointReplayRequest = z.output<typeof endpointReplayRequestSchema>;
