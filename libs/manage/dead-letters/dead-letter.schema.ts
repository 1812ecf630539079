import { z } from 'zod';
import { pageQuery } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { acceptedRange, deliveryCursor, entity, eventType } from '#manage/events/event.schema';

export const deadLetterQuerySchema = z.strictObject({
  endpoint: idSchema('ep').optional(),
  entity: entity.optional(),
  type: eventType.optional(),
  ...acceptedRange,
  ...pageQuery(deliveryCursor),
});
export type DeadLetterQuery = z.output<typeof deadLetterQuerySchema>;
