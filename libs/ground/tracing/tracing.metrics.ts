import { Counter } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

export const spansExported = new Counter({ name: 'lockstep_spans_exported_total', help: 'Spans of traces that the collector has taken' });

/** Why spans did not reach the collector. */
const LOSSES = ['queue_full', 'export_failed', 'stopped'] as const;
export type SpanLoss = (typeof LOSSES)[number];

export const spansLost = closedCounter({
  name: 'lockstep_spans_lost_total',
  help: 'Spans of traces that did not reach the collector: `queue_full` (it is too slow), `export_failed` (it refused them or did not answer), `stopped` (the process ended before)',
  labels: { reason: LOSSES },
});
