import { z } from 'zod';
import { idSchema } from '#ground/http/public-id';
import { acceptedRange, entity, eventType } from '#manage/events/event.schema';

const FILTERS = ['endpoint', 'entity', 'type', 'from', 'to'] as const;

export const replayRequestSchema = z
  .strictObject({
    endpoint: idSchema('ep').optional(),
    entity: entity.optional(),
    type: eventType.optional(),
    ...acceptedRange,
    all: z.boolean().optional().meta({ description: 'All dead letters of the tenant. Required if no other filter is given' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only count them' }),
  })
  .refine((request) => request.all === true || FILTERS.some((name) => request[name] !== undefined), {
    error: 'says nothing about which dead letters: give endpoint, entity, type, from or to, or `"all": true`',
  })
  .meta({ anyOf: [...FILTERS.map((name) => ({ required: [name] })), { required: ['all'], properties: { all: { type: 'boolean', enum: [true] } } }] });
export type ReplayRequest = z.output<typeof replayRequestSchema>;

/** The answer to a dry run. */
export const countedSchema = z.object({ matched: z.int().min(0), dryRun: z.literal(true) }).meta({ id: 'CountedDeadLetters' });

export const startedReplaySchema = z.object({ id: idSchema('rpl'), matched: z.int().min(0) }).meta({ id: 'StartedReplay' });
export type StartedReplay = z.output<typeof startedReplaySchema>;

export const replaySchema = z
  .object({
    id: idSchema('rpl'),
    action: z.enum(['replay', 'discard']),
    status: z.enum(['running', 'done']),
    filter: z.object({
      event: idSchema('evt').nullable(),
      endpoint: idSchema('ep').nullable(),
      entity: entity.nullable(),
      type: eventType.nullable(),
      from: z.iso.datetime().nullable(),
      to: z.iso.datetime().nullable(),
    }),
    matched: z.int().meta({ description: 'Deliveries that matched at the request' }),
    applied: z.int().meta({ description: 'How many of these are pending again, or discarded, so far' }),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Replay' });
export type Replay = z.output<typeof replaySchema>;
