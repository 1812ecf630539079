import { Counter } from 'prom-client';

export const spansExported = new Counter({ name: 'lockstep_spans_exported_total', help: 'Spans of traces that the collector has taken' });

/** Why spans did not reach the collector. */
export type SpanLoss = 'queue_full' | 'export_failed' | 'stopped';

export const spansLost = new Counter({
  name: 'lockstep_spans_lost_total',
  help: 'Spans of traces that did not reach the collector: `queue_full` (it is too slow), `export_failed` (it refused them or did not answer), `stopped` (the process ended before)',
  labelNames: ['reason'] as const,
});

// An increase can be seen only of a series that is there.
for (const reason of ['queue_full', 'export_failed', 'stopped'] as const satisfies readonly SpanLoss[]) spansLost.inc({ reason }, 0);
