import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { barChart, figure } from './chart.mjs';
import { COSTS, costsOf, costsTable } from './costs.mjs';
import { casesOf, comparisonCells, problemsOf, summarize } from './report.mjs';

/**
 * Writes what a folder's rounds say: results.json for programs, README.md and a plot per scenario for people.
 * @param {string} folder
 * @param {object} facts of the machine and the run
 * @param {import('../scenarios/scenarios.mjs').Scenario[]} scenarios
 * @param {object[]} records
 */
export function writeResults(folder, facts, scenarios, records) {
  const measured = scenarios.filter(({ name }) => records.some(({ scenario }) => scenario === name));
  mkdirSync(folder, { recursive: true });
  const write = (name, text) => writeFileSync(path.join(folder, name), text);
  const summary = measured.flatMap((scenario) => summarize(records, scenario, { ...scenario.metrics, ...COSTS }));
  const costs = measured.flatMap((scenario) => costsOf(records, scenario).map((cost) => ({ scenario: scenario.name, ...cost })));
  const checks = measured.flatMap((scenario) => checksOf(records, scenario).map((check) => ({ scenario: scenario.name, ...check })));
  write('results.json', `${JSON.stringify({ ...facts, summary, costs, checks }, undefined, 2)}\n`);
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
  const reference = scenario.reference ?? 'bare';
  const rows = summarize(records, scenario).map((row) => [row.scenario.slice(scenario.name.length + 1), row.label, figure(row.product), figure(row.reference), ...comparisonCells(row)]);
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
    ...markdownTable(...costsTable(records, scenario)),
    '',
    ...renderChecks(casesOf(records, scenario).flatMap(([, made]) => made)),
  ];
}

/**
 * How many events of each case were measured with each pipeline, in all rounds, and how many of them were not as they
 * must be: of nothing, too, that it was found.
 * @returns {{ case: string, pipeline: string, events: number, findings: Record<string, number>, refused: number }[]}
 */
function checksOf(records, scenario) {
  return casesOf(records, scenario).flatMap(([name, made]) => byPipeline(made).map(([pipeline, own]) => ({ case: name, pipeline, ...sumsOf(own) })));
}

function byPipeline(records) {
  return [...Map.groupBy(records, ({ pipeline }) => pipeline)];
}

function sumsOf(records) {
  const findings = {};
  let [events, refused] = [0, 0];
  for (const record of records) {
    events += record.events;
    refused += record.refused ?? 0;
    for (const [name, count] of Object.entries(record.findings)) findings[name] = (findings[name] ?? 0) + count;
  }
  return { events, findings, refused };
}

/** Of all cases together, and then each measurement that has something. */
function renderChecks(records) {
  const sums = byPipeline(records).map(([pipeline, own]) => {
    const { events, findings, refused } = sumsOf(own);
    const counts = Object.entries({ ...findings, refused }).map(([name, count]) => `${wordsOf(name)} ${figure(count)}`);
    return `- ${pipeline}, ${figure(events)} events: ${counts.join(', ')}`;
  });
  return [...sums, ...records.flatMap(renderProblems)];
}

function renderProblems(record) {
  const problems = problemsOf(record);
  return problems === '' ? [] : [`- round ${record.round}, ${record.pipeline}, ${record.case}:${problems}`];
}

/** `orderBreaks`: order breaks. */
function wordsOf(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
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
