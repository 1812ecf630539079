import { z } from 'zod';
import { moment } from '#manage/events/event.schema';

const FILTERS = ['endpoint', 'entity', 'type', 'from', 'to'] as const;

export const replayRequestSchema = z
  .strictObject({
    endpoint: z.string().optional().meta({ example: 'ep_0199c0de00007000800000000000beef' }),
    entity: z.string().optional(),
    type: z.string().optional(),
    from: moment.optional().meta({ description: 'The event was accepted at this moment or later' }),
    to: moment.optional().meta({ description: 'The event was accepted before this moment' }),
    all: z.boolean().optional().meta({ description: 'All dead letters of the tenant. Required if no other filter is given' }),
    dryRun: z.boolean().default(false).meta({ description: 'Only count them' }),
  })
  .refine((request) => request.all === true || FILTERS.some((name) => request[name] !== undefined), {
    error: 'says nothing about which dead letters: give endpoint, entity, type, from or to, or `"all": true`',
  });
export type ReplayRequest = z.output<typeof replayRequestSchema>;

export const startedReplaySchema = z.object({ id: z.string().meta({ example: 'rpl_0199c0de00007000800000000000beef' }), matched: z.int() }).meta({ id: 'StartedReplay' });
export type StartedReplay = z.output<typeof startedReplaySchema>;

export const replaySchema = z
  .object({
    id: z.string(),
    action: z.enum(['replay', 'discard']),
    status: z.enum(['running', 'done']),
    filter: z.object({
      event: z.string().nullable(),
      endpoint: z.string().nullable(),
      entity: z.string().nullable(),
      type: z.string().nullable(),
      from: z.string().nullable(),
      to: z.string().nullable(),
    }),
    matched: z.int().meta({ description: 'Dead letters that matched at the request' }),
    applied: z.int().meta({ description: 'How many of these are pending again, or discarded, so far' }),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'Replay' });
export type Replay = z.output<typeof replaySchema>;
