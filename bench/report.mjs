import { median } from './statistics.mjs';
import { scenarios } from './scenarios.mjs';

/**
 * A row per scenario and metric: the median of each pipeline's rounds, and the ratio product/bare as the median of
 * the rounds' own ratios, because a round's two sides ran next to each other on the same machine.
 */
export function summarize(rounds) {
  return Object.entries(scenarios).flatMap(([scenario, { metrics }]) =>
    Object.entries(metrics).flatMap(([metric, label]) => {
      const valuesOf = (pipeline) => rounds.filter((each) => each.scenario === scenario && each.pipeline === pipeline).map((each) => each.metrics[metric]);
      const [product, bare] = [valuesOf('product'), valuesOf('bare')];
      if (product.length + bare.length === 0) return [];
      const ratios = product.slice(0, bare.length).map((value, round) => value / bare[round]);
      return [{ scenario, metric, label, product: medianOf(product), bare: medianOf(bare), ratio: medianOf(ratios), ratios }];
    }),
  );
}

export function renderTable(rows) {
  const cells = rows.map(({ scenario, label, product, bare, ratio, ratios }) => [
    scenario,
    label,
    number(product),
    number(bare),
    ratio === undefined ? '-' : ratio.toFixed(2),
    ratios.length > 1 ? `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}` : '',
  ]);
  const table = [['scenario', 'metric', 'product', 'bare', 'ratio', 'rounds'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) => row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd()).join('\n');
}

export function renderMetrics(metrics) {
  return Object.entries(metrics).map(([name, value]) => `${name} ${number(value)}`).join(', ');
}

function medianOf(values) {
  return values.length === 0 ? undefined : median(values);
}

function number(value) {
  if (value === undefined) return '-';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);
}
