import { labelOf } from '../harness/rounds.mjs';
import { median, round } from '../measure/statistics.mjs';

/** Processes of the bench itself, which are no part of a pipeline. */
const BENCH_PROCESSES = ['receiver', 'load-generator'];

/**
 * One row per case and figure, with the medians of both sides and their ratio. The ratio is the median of the rounds'
 * ratios, because the two sides of a round ran next to each other on the same machine. Differences work the same way.
 * @param {object[]} records
 * @param {import('../scenarios/scenarios.mjs').Scenario} scenario
 * @param {Record<string, string>} [figures] the figures to summarize, with their labels
 */
export function summarize(records, scenario, figures = scenario.metrics) {
  return casesOf(records, scenario).flatMap(([name, caseRecords]) =>
    (scenario.metricsOf?.[name] ?? Object.keys(figures)).flatMap((metric) => {
      const valuesOf = (isReference) => caseRecords.filter(({ reference }) => reference === isReference).map((record) => figuresOf(record)[metric]).filter((value) => value !== undefined);
      const [product, reference] = [valuesOf(false), valuesOf(true)];
      if (product.length + reference.length === 0) return [];
      const compared = (compare) => product.slice(0, reference.length).map((value, n) => compare(value, reference[n]));
      const ratios = compared((value, other) => value / other);
      const differences = scenario.differences?.includes(metric) ? compared((value, other) => round(value - other)) : undefined;
      const difference = differences && { difference: medianOf(differences), differences };
      const columns = { product: medianOf(product), [scenario.reference ?? 'bare']: medianOf(reference) };
      return [{ scenario: labelOf(scenario.name, name), metric, label: figures[metric], ...columns, reference: medianOf(reference), ratio: medianOf(ratios), ratios, ...difference }];
    }),
  );
}

/** A scenario's records by case, in the order of measurement. @returns {[string, object[]][]} */
export function casesOf(records, scenario) {
  const own = records.filter((record) => record.scenario === scenario.name && (scenario.metricsOf === undefined || Object.hasOwn(scenario.metricsOf, record.case)));
  return [...Map.groupBy(own, (record) => record.case)];
}

/** All figures of a record, by name. */
export function figuresOf({ metrics, cpuPer1000 = {}, peakMib = {}, walBytesPerEvent, kafkaBytesPerEvent, rowsPerEvent }) {
  const ofPipeline = (values) => Object.entries(values).filter(([name]) => !BENCH_PROCESSES.includes(name));
  const processes = (values, prefix) => Object.fromEntries(ofPipeline(values).map(([name, value]) => [`${prefix} ${name}`, value]));
  // CPU seconds per 1,000 events are milliseconds per event.
  const cpuMsPerEvent = round(ofPipeline(cpuPer1000).reduce((sum, [, value]) => sum + value, 0));
  return { ...metrics, cpuMsPerEvent, ...processes(cpuPer1000, 'cpu'), walBytesPerEvent, kafkaBytesPerEvent, rowsPerEvent, ...processes(peakMib, 'memory') };
}

export function renderTable(rows, reference = 'bare') {
  const cells = rows.map((row) => [row.scenario, row.label, number(row.product), number(row.reference), ...comparisonCells(row)]);
  const table = [['scenario', 'metric', 'product', reference, 'ratio', 'rounds'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd()).join('\n');
}

/** The ratio (or difference, with its sign) of a row's two sides, and its range over the rounds. */
export function comparisonCells({ ratio, ratios, difference, differences }) {
  const [middle, all, text] = difference === undefined ? [ratio, ratios, (value) => value.toFixed(2)] : [difference, differences, signed];
  return [middle === undefined ? '' : text(middle), all.length > 1 ? `${text(Math.min(...all))}–${text(Math.max(...all))}` : ''];
}

export function renderMetrics(metrics) {
  return Object.entries(metrics).map(([name, value]) => `${name} ${number(value)}`).join(', ');
}

/** The findings that are not 0, as text. It is empty when there are none. */
export function problemsOf({ findings, refused = 0 }) {
  const found = Object.entries({ ...findings, refused }).filter(([, count]) => count > 0);
  return found.length === 0 ? '' : ` !! ${found.map(([name, count]) => `${name} ${count}`).join(', ')}`;
}

function medianOf(values) {
  return values.length === 0 ? undefined : median(values);
}

function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

function number(value) {
  if (value === undefined) return '-';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value < 10 ? 2 : 1);
}
