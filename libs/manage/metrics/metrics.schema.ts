import { z } from 'zod';
import { idSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';
import { eventType, moment } from '#manage/events/event.schema';
import { MEASURE_NAMES } from './measures.js';
import { STEP_NAMES } from './metrics-range.js';

const dimension = z.enum(['endpoint', 'source', 'type']);

export const metricsQuerySchema = z.strictObject({
  measure: z.enum(MEASURE_NAMES).meta({ description: 'What is counted or measured', example: 'delivered' }),
  by: dimension.optional().meta({ description: 'One series for each. Not every measure is known by each of them' }),
  endpoint: idSchema('ep').optional().meta({ description: 'Only of this endpoint' }),
  source: textSchema({ min: 1, max: 128, controls: false }).optional().meta({ description: 'Only of the source with this name; `api` for posts', example: 'stripe' }),
  type: eventType.optional().meta({ description: 'Only of events of this type' }),
  from: moment.optional().meta({ description: 'At this moment or later. Default: an hour before `to`. Moved to the beginning of its ten seconds, minute or hour' }),
  to: moment.optional().meta({ description: 'Before this moment, and to the end of its ten seconds, minute or hour. Default: now' }),
  step: z.enum(STEP_NAMES).optional().meta({ description: 'Default: by the length of the time, with `by` at least 1m. 10s is kept for two hours, 1m to 15m for two days' }),
  limit: z.coerce.number('must be a whole number').int().min(1).max(100).default(20).meta({ description: 'Series: those with the most. The rest is one more series' }),
});
export type MetricsQuery = z.output<typeof metricsQuerySchema>;

const amount = z.number().min(0);

const numbers = {
  value: amount.meta({ description: 'Of a count: how many. Of a duration: the mean. Of a gauge: the average, in which times without a look count as 0' }),
  count: z.int().min(0).optional().meta({ description: 'Of a duration: how many were measured' }),
  p50: amount.optional().meta({ description: 'Of a duration, as p95 and p99: at most 5 % off. Less than 1/8 ms counts as 1/8 ms' }),
  p95: amount.optional(),
  p99: amount.optional(),
};

const pointSchema = z.object({ at: z.iso.datetime().meta({ description: 'The beginning of the step' }), ...numbers }).meta({ id: 'MetricPoint' });

export const metricsSchema = z
  .object({
    measure: z.enum(MEASURE_NAMES),
    kind: z.enum(['count', 'duration', 'gauge']).meta({ description: 'Durations are in milliseconds' }),
    by: dimension.nullable(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    step: z.enum(STEP_NAMES),
    series: z.array(z.object({
      key: z.string().nullable().meta({ description: 'The endpoint, source or type. Null without one, and for what the tenant has besides those that are told apart' }),
      total: z.object(numbers).meta({ description: 'Of the whole time' }),
      points: z.array(pointSchema).max(1_501).meta({ description: 'Steps in which something happened, oldest first' }),
    })).max(101).meta({ description: 'The one with the most first; that of the rest comes last. Where more than 1,000 endpoints, sources or types are busy in an hour, the numbers of a single one are lower bounds' }),
  })
  .meta({
    id: 'Metrics',
    example: {
      measure: 'latency', kind: 'duration', by: 'endpoint', from: '2026-01-31T12:00:00.000Z', to: '2026-01-31T13:00:00.000Z', step: '1m',
      series: [{
        key: 'ep_0199c0de00007000800000000000beef', total: { value: 31.2, count: 120, p50: 23, p95: 61, p99: 240 },
        points: [{ at: '2026-01-31T12:34:00.000Z', value: 31.2, count: 120, p50: 23, p95: 61, p99: 240 }],
      }],
    },
  });
export type Metrics = z.output<typeof metricsSchema>;
export type MetricSeries = Metrics['series'][number];
export type MetricNumbers = MetricSeries['total'];
