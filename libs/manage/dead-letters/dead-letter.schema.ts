import { z } from 'zod';
import { pageQuery } from '#ground/http/pagination';
import { moment } from '#manage/events/event.schema';

export const deadLetterQuerySchema = z.strictObject({
  endpoint: z.string().optional(),
  entity: z.string().optional(),
  type: z.string().optional(),
  from: moment.optional().meta({ description: 'The event was accepted at this moment or later' }),
  to: moment.optional().meta({ description: 'The event was accepted before this moment' }),
  ...pageQuery,
});
export type DeadLetterQuery = z.output<typeof deadLetterQuerySchema>;
