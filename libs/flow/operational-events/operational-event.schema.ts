import { z } from 'zod';
import { deliveryIdSchema, idSchema } from '#ground/http/public-id';

const endpoint = idSchema('ep');
const deadLetter = {
  endpoint,
  event: idSchema('evt'),
  entity: z.string(),
  type: z.string().meta({ example: 'order.created' }),
  sequence: z.int().min(1).nullable().meta({ description: 'In its lane; null at an endpoint with the ordering "none"' }),
  reason: z.enum(['attempts_exhausted', 'gone']),
};

/** Operational events: when each comes, and its `data`. The entity is the endpoint or source. */
export const OPERATIONAL_EVENTS = {
  'lockstep.endpoint.disabled': {
    summary: 'An endpoint is disabled: it answered 410, or did nothing but fail for `disableAfter`',
    data: z.object({ endpoint, reason: z.enum(['gone', 'failing']) }),
  },
  'lockstep.endpoint.recovered': {
    summary: 'A disabled endpoint is active again, or one whose breaker was open answers again',
    data: z.object({ endpoint, reason: z.enum(['resumed', 'answering']) }),
  },
  'lockstep.breaker.opened': {
    summary: 'The breaker of an endpoint has opened: its deliveries wait',
    data: z.object({ endpoint, ended: z.int().meta({ description: 'Attempts that ended lately' }), failed: z.int().meta({ description: 'Those of them that failed' }) }),
  },
  'lockstep.breaker.closed': { summary: 'The breaker of an endpoint has closed: its deliveries are sent', data: z.object({ endpoint, openedAt: z.iso.datetime() }) },
  'lockstep.delivery.dead': {
    summary: 'A delivery is a dead letter',
    data: z.object({
      ...deadLetter,
      delivery: deliveryIdSchema,
      attempts: z.int().min(1),
      lastStatus: z.int().nullable().meta({ description: 'Of the last response; null if none came' }),
      lastError: z.string().nullable().meta({ description: 'Why no response came', example: 'ECONNREFUSED' }),
    }),
  },
  'lockstep.lane.halted': { summary: 'A lane has halted at a dead letter, because its endpoint has the `dlqPolicy` "halt"', data: z.object(deadLetter) },
  'lockstep.source.failing': {
    summary: 'Every request of a source is refused, or its topic cannot be read; at most once an hour',
    data: z.object({
      source: idSchema('src'), name: z.string(),
      reason: z.enum(['refused', 'unreadable']),
      refused: z.int().min(0).meta({ description: 'Requests or records since the last one that was accepted' }),
      code: z.string().nullable().meta({ description: 'The problem code of the last one; null if there was none', example: 'invalid_signature' }),
    }),
  },
  'lockstep.endpoint.caught_up': { summary: 'An endpoint that began in the past has every past event, and gets new ones', data: z.object({ endpoint, startedAt: z.iso.datetime() }) },
} as const;

/** The body of an operational event of this type. */
export function operationalEventSchema(type: keyof typeof OPERATIONAL_EVENTS): z.ZodObject {
  return z.object({
    type: z.literal(type),
    entity: z.string().meta({ description: 'The endpoint or source' }),
    timestamp: z.iso.datetime(),
    data: OPERATIONAL_EVENTS[type].data,
  });
}
