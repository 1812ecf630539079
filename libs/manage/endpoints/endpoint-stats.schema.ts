import { z } from 'zod';
import { moment } from '#manage/events/event.schema';

export const endpointStatsQuerySchema = z.strictObject({
  from: moment.optional().meta({ description: 'Steps that begin at this moment or later. Default: a day before `to`' }),
  to: moment.optional().meta({ description: 'Steps that begin before this moment. Default: now' }),
});
export type EndpointStatsQuery = z.output<typeof endpointStatsQuerySchema>;

const count = z.int().min(0);
const milliseconds = z.int().min(0);

const numbers = {
  attempts: z.object({
    total: count,
    succeeded: count.meta({ description: 'Answered with 2xx' }),
    failed: count,
    byStatus: z.record(z.string(), count).meta({ description: 'By the class of the status: `2xx`, `3xx`, `4xx`, `5xx`; `none`: no response', example: { '2xx': 118, none: 2 } }),
  }),
  latencyMs: z.object({ p50: milliseconds, p95: milliseconds, p99: milliseconds }).nullable()
    .meta({ description: 'How long attempts took, whatever the outcome, in whole milliseconds; before rounding at most 5 % off. Null without an attempt' }),
};
const ended = { delivered: count, dead: count, discarded: count };

export const endpointStatsSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    step: z.enum(['1m', '1h', '1d']).meta({ description: '1m up to six hours that began in the last two days, 1h up to two weeks, else 1d' }),
    ...numbers,
    deliveries: z.object({ ...ended, pending: count.meta({ description: 'Now, whatever `from` and `to` are' }) })
      .meta({ description: 'That ended in this time. A dead letter that is replayed ends again' }),
    oldestPendingAt: z.iso.datetime().nullable().meta({ description: 'When the oldest delivery that is pending now was made; null if there is none, or more than 10,000 lanes wait' }),
    steps: z.array(z.object({ at: z.iso.datetime(), ...numbers, deliveries: z.object(ended) })).meta({ description: 'Those in which something happened, oldest first' }),
  })
  .meta({
    id: 'EndpointStats',
    example: {
      from: '2026-01-31T12:00:00.000Z', to: '2026-01-31T13:00:00.000Z', step: '1m',
      attempts: { total: 120, succeeded: 118, failed: 2, byStatus: { '2xx': 118, none: 2 } }, latencyMs: { p50: 23, p95: 61, p99: 240 },
      deliveries: { delivered: 118, dead: 0, discarded: 0, pending: 1 }, oldestPendingAt: '2026-01-31T12:58:10.000Z',
      steps: [{
        at: '2026-01-31T12:34:00.000Z', attempts: { total: 120, succeeded: 118, failed: 2, byStatus: { '2xx': 118, none: 2 } },
        latencyMs: { p50: 23, p95: 61, p99: 240 }, deliveries: { delivered: 118, dead: 0, discarded: 0 },
      }],
    },
  });
export type EndpointStats = z.output<typeof endpointStatsSchema>;
