import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { barChart, figure } from './chart.mjs';
import { casesOf, figuresOf, problemsOf, summarize } from './report.mjs';
import { median } from './statistics.mjs';

const COSTS = { cpuMsPerEvent: 'CPU ms per event', walBytesPerEvent: 'WAL bytes per event', rowsPerEvent: 'rows per event', kafkaBytesPerEvent: 'Kafka bytes per event' };
const PROCESSES = ['gateway', 'dispatcher', 'postgres', 'kafka'];

/**
 * Writes what a folder's rounds say: results.json for programs, README.md and a plot per scenario for people.
 * @param {string} folder
 * @param {object} facts of the machine and the run
 * @param {import('./scenarios.mjs').Scenario[]} scenarios
 * @param {object[]} records
 */
export function writeResults(folder, facts, scenarios, records) {
  const measured = scenarios.filter(({ name }) => records.some(({ scenario }) => scenario === name));
  mkdirSync(folder, { recursive: true });
  const write = (name, text) => writeFileSync(path.join(folder, name), text);
  const summary = measured.flatMap((scenario) => summarize(records, scenario, { ...scenario.metrics, ...COSTS }));
  write('results.json', `${JSON.stringify({ ...facts, summary }, undefined, 2)}\n`);
  write('README.md', renderPage(facts, measured, records));
  for (const scenario of measured) write(`${scenario.name}.svg`, renderPlot(scenario, records));
}

/** @returns {string} Markdown */
export function renderPage({ startedAt, machine }, scenarios, records) {
  const { cores, cpu, memoryBytes, os, node } = machine;
  return [
    '# Benchmarks',
    '',
    `${startedAt.slice(0, 10)}, everything on one machine: ${cores} cores (${cpu}), ${Math.round(memoryBytes / 2 ** 30)} GiB, ${os}, Node ${node}. ` +
      'Medians of the rounds; a ratio is the median of the rounds’ own ratios, and what counts: the machine’s own speed drifts. What is measured how: [bench](../../../bench/README.md).',
    ...scenarios.flatMap((scenario) => renderScenario(scenario, records)),
    '',
  ].join('\n');
}

function renderScenario(scenario, records) {
  const own = casesOf(records, scenario);
  const reference = scenario.reference ?? 'bare';
  const rows = summarize(records, scenario).map(({ scenario: label, label: figureName, product, reference: compared, ratio, ratios }) => [
    label.slice(scenario.name.length + 1),
    figureName,
    figure(product),
    figure(compared),
    ratio === undefined ? '' : ratio.toFixed(2),
    ratios.length > 1 ? `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}` : '',
  ]);
  return [
    '',
    `## ${scenario.name}`,
    '',
    `${scenario.title}.`,
    '',
    ...markdownTable(['case', 'figure', 'product', reference, 'ratio', 'rounds'], rows),
    '',
    `![${scenario.name}](${scenario.name}.svg)`,
    '',
    ...markdownTable(
      ['case', '', ...PROCESSES.map((name) => `CPU ms ${name}`), 'CPU ms in all', 'WAL B', 'rows', 'Kafka B', ...PROCESSES.map((name) => `MiB ${name}`)],
      own.flatMap(([name, made]) => [costsRow(name, 'product', made.filter((record) => !record.reference)), costsRow(name, reference, made.filter((record) => record.reference))]).filter((row) => row.length > 0),
    ),
    '',
    findingsOf(own.flatMap(([, made]) => made)),
  ];
}

/** What an event takes, by medians over the rounds; several processes of one app together, their highest memory. */
function costsRow(name, side, records) {
  if (records.length === 0) return [];
  const all = records.map(figuresOf);
  const medianOf = (valueOf) => {
    const values = all.map(valueOf).filter((value) => value !== undefined);
    return values.length === 0 ? '' : figure(median(values));
  };
  const ofApp = (prefix, app) => (figures) => Object.entries(figures).filter(([key]) => key.replace(/-\d+$/, '') === `${prefix} ${app}`).map(([, value]) => value);
  const sumOf = (values) => (values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0));
  const maxOf = (values) => (values.length === 0 ? undefined : Math.max(...values));
  return [
    name,
    side,
    ...PROCESSES.map((app) => medianOf((figures) => sumOf(ofApp('cpu', app)(figures)))),
    ...Object.keys(COSTS).map((key) => medianOf((figures) => figures[key])),
    ...PROCESSES.map((app) => medianOf((figures) => maxOf(ofApp('memory', app)(figures)))),
  ];
}

function findingsOf(records) {
  const bad = records.map((record) => [record, problemsOf({ findings: record.findings })]).filter(([, problems]) => problems !== '');
  if (bad.length === 0) return 'Nothing was lost, repeated or overtaken.';
  return bad.map(([{ round, pipeline, case: name }, problems]) => `- round ${round}, ${pipeline}, ${name}:${problems}`).join('\n');
}

/** @returns {string} SVG */
export function renderPlot(scenario, records) {
  const labels = { ...scenario.metrics, ...COSTS };
  const panels = scenario.plots.map((metric) => ({
    title: labels[metric],
    groups: summarize(records, scenario, { [metric]: labels[metric] }).map(({ scenario: label, product, reference }) => ({
      name: label.slice(scenario.name.length + 1),
      values: reference === undefined ? [product] : [product, reference],
    })),
  }));
  return barChart(panels.filter(({ groups }) => groups.length > 0), ['product', scenario.reference ?? 'bare']);
}

function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column < 2 ? '---' : '---:'))), ...rows.map(line)];
}
