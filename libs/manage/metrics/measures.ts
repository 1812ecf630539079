export type MetricDimension = 'endpoint' | 'source' | 'type';

/** What a measure is made of, and how it is asked for. */
export interface Measure {
  /** `count`: how often; `duration`: histograms of milliseconds; `gauge`: a value that is looked at every ten seconds. */
  readonly kind: 'count' | 'duration' | 'gauge';
  /** Measures of the store that are summed. */
  readonly stored: readonly string[];
  /** What it can be told apart by. */
  readonly by: readonly MetricDimension[];
}

const RESPONSES = ['none', ...Array.from({ length: 9 }, (_, i) => `${i + 1}xx`)].map((response) => `attempts.${response}`);
const ALL: readonly MetricDimension[] = ['endpoint', 'source', 'type'];
const OF_EVENTS: readonly MetricDimension[] = ['source', 'type'];

const count = (stored: readonly string[], by: readonly MetricDimension[]): Measure => ({ kind: 'count', stored, by });

/** docs/metrics-api.md says what each of them is. */
export const MEASURES = {
  accepted: count(['accepted'], OF_EVENTS),
  duplicates: count(['duplicates'], OF_EVENTS),
  rejected: count(['rejected'], ['source']),
  filtered: count(['filtered'], OF_EVENTS),
  routed: count(['routed'], ALL),
  attempts: count(RESPONSES, ALL),
  failed: count(RESPONSES.filter((response) => response !== 'attempts.2xx'), ALL),
  delivered: count(['deliveries.delivered'], ALL),
  dead: count(['deliveries.dead'], ALL),
  discarded: count(['deliveries.discarded'], ['endpoint']),
  latency: { kind: 'duration', stored: ['latency'], by: ALL },
  deliveryTime: { kind: 'duration', stored: ['delay'], by: ALL },
  backlog: { kind: 'gauge', stored: ['backlog'], by: ['endpoint'] },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as [MeasureName, ...MeasureName[]];
