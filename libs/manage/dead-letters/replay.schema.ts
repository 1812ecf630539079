import { z } from 'zod';
import { CursorFormat, UUID } from '#ground/http/cursor';
import { MICROSECONDS } from '#ground/http/moment';
import { pageQuery } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { acceptedRange, entity, eventType, moment } from '#manage/events/event.schema';

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

const replayAction = z.enum(['replay', 'discard']);
const replayStatus = z.enum(['running', 'done', 'cancelled']);

export const replaySchema = z
  .object({
    id: idSchema('rpl'),
    action: replayAction,
    status: replayStatus.meta({ description: '`cancelled`: what was applied before stays, and the rest is as if it had not been asked for' }),
    filter: z.object({
      event: idSchema('evt').nullable(),
      endpoint: idSchema('ep').nullable(),
      entity: entity.nullable(),
      type: eventType.nullable(),
      from: z.iso.datetime().nullable(),
      to: z.iso.datetime().nullable(),
      status: z.enum(['any', 'undelivered']).meta({ description: '`any`: what was delivered, again, and dead letters. `undelivered`: dead letters' }),
    }),
    matched: z.int().meta({ description: 'Deliveries that matched at the request' }),
    applied: z.int().meta({ description: 'How many of these are pending again, have a new delivery, or are discarded, so far' }),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable().meta({ description: 'When it was done or cancelled. Null while it runs' }),
  })
  .meta({ id: 'Replay' });
export type Replay = z.output<typeof replaySchema>;

/** The moment of the request, and the replay. */
export const replayCursor = new CursorFormat(MICROSECONDS, UUID);

export const replayQuerySchema = z.strictObject({
  action: replayAction.optional(),
  status: replayStatus.optional(),
  endpoint: idSchema('ep').optional().meta({ description: 'Those that were limited to this endpoint' }),
  from: moment.optional().meta({ description: 'Requested at this moment or later' }),
  to: moment.optional().meta({ description: 'Requested before this moment' }),
  ...pageQuery(replayCursor),
});
export type ReplayQuery = z.output<typeof replayQuerySchema>;
