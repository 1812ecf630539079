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

const GROUPINGS = ['endpoint', 'reason', 'statusCode', 'type'] as const;
export type Grouping = (typeof GROUPINGS)[number];
const MOST_GROUPS = 1_000;

export const deadLetterGroupsQuerySchema = z.strictObject({
  by: z
    .string()
    .regex(new RegExp(`^(?:${GROUPINGS.join('|')})(?:,(?:${GROUPINGS.join('|')})){0,3}$`), `must be some of ${GROUPINGS.join(', ')}, separated by commas`)
    .default('endpoint,reason')
    .transform((text) => new Set(text.split(',') as Grouping[]))
    .meta({ description: `What groups are told apart by: some of ${GROUPINGS.map((name) => `\`${name}\``).join(', ')}, separated by commas`, example: 'endpoint,reason' }),
  endpoint: idSchema('ep').optional(),
  entity: entity.optional(),
  type: eventType.optional(),
  ...acceptedRange,
  limit: z.coerce.number('must be a whole number').int().min(1).max(MOST_GROUPS).default(100).meta({ description: 'Maximum number of groups' }),
});
export type DeadLetterGroupsQuery = z.output<typeof deadLetterGroupsQuerySchema>;

export const deadLetterGroupsSchema = z
  .object({
    data: z.array(z.object({
      endpoint: idSchema('ep').optional().meta({ description: 'As `reason`, `statusCode` and `type`: only if groups are told apart by it' }),
      reason: z.string().nullable().optional(),
      statusCode: z.int().min(100).max(999).nullable().optional().meta({ description: 'Of the last attempt. Null if no response came' }),
      type: eventType.optional(),
      count: z.int().min(1),
      oldestAt: z.iso.datetime().meta({ description: 'When the first of them died' }),
      newestAt: z.iso.datetime().meta({ description: 'When the last of them died' }),
    })).max(MOST_GROUPS).meta({ description: 'Those with the most dead letters first' }),
    groups: z.int().min(0).meta({ description: 'All groups, also those beyond `limit`' }),
    deadLetters: z.int().min(0).meta({ description: 'In all groups' }),
  })
  .meta({
    id: 'DeadLetterGroups',
    example: {
      data: [{ endpoint: 'ep_0199c0de00007000800000000000beef', reason: 'attempts_exhausted', count: 17, oldestAt: '2026-01-31T12:00:00.000Z', newestAt: '2026-01-31T12:34:56.000Z' }],
      groups: 1, deadLetters: 17,
    },
  });
export type DeadLetterGroups = z.output<typeof deadLetterGroupsSchema>;
