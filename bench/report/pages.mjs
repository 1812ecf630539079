import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { barChart, figure } from './chart.mjs';
import { COSTS, costsOf, costsTable } from './costs.mjs';
import { casesOf, comparisonCells, problemsOf, summarize } from './summary.mjs';

/**
 * Writes a page with tables and a plot for each scenario that has records. It replaces the scenario's older page.
 * @param {string} folder
 * @param {object} facts of the machine and the run
 * @param {import('../scenarios/scenarios.mjs').Scenario[]} scenarios
 * @param {object[]} records
 */
export function writePages(folder, facts, scenarios, records) {
  mkdirSync(folder, { recursive: true });
  for (const scenario of measuredOf(scenarios, records)) {
    writeFileSync(pageFile(folder, scenario), renderPage(facts, scenario, records));
    writeFileSync(path.join(folder, `${scenario.name}.svg`), renderPlot(scenario, records));
  }
}

/** Writes the list of the pages that the folder of published results holds. */
export function writeIndex(folder, scenarios) {
  const rows = scenarios
    .filter((scenario) => existsSync(pageFile(folder, scenario)))
    .map((scenario) => [`[${scenario.name}](${scenario.name}.md)`, dateOf(readFileSync(pageFile(folder, scenario), 'utf8')), scenario.title]);
  const lines = [
    '# Benchmarks',
    '',
    'The newest published run of each scenario: tables and a plot. [bench](../../bench/README.md) explains how each figure is measured, and [performance](../performance.md) what the figures show.',
    '',
    ...markdownTable(['scenario', 'measured', 'what it measures'], rows, 3),
    '',
  ];
  writeFileSync(path.join(folder, 'README.md'), lines.join('\n'));
}

/** Writes `results.json`: the same figures, costs and checks for programs. */
export function writeResults(folder, facts, scenarios, records) {
  const measured = measuredOf(scenarios, records);
  const summary = measured.flatMap((scenario) => summarize(records, scenario, { ...scenario.metrics, ...COSTS }));
  const costs = measured.flatMap((scenario) => costsOf(records, scenario).map((cost) => ({ scenario: scenario.name, ...cost })));
  const checks = measured.flatMap((scenario) => checksOf(records, scenario).map((check) => ({ scenario: scenario.name, ...check })));
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify({ ...facts, summary, costs, checks }, undefined, 2)}\n`);
}

function measuredOf(scenarios, records) {
  return scenarios.filter(({ name }) => records.some(({ scenario }) => scenario === name));
}

function pageFile(folder, { name }) {
  return path.join(folder, `${name}.md`);
}

function dateOf(page) {
  return /^Measured on (\S+),/m.exec(page)[1];
}

function renderPage({ startedAt, machine }, scenario, records) {
  const { cores, cpu, memoryBytes, os, node } = machine;
  const reference = scenario.reference ?? 'bare';
  const rows = summarize(records, scenario).map((row) => [row.scenario.slice(scenario.name.length + 1), row.label, figure(row.product), figure(row.reference), ...comparisonCells(row)]);
  return [
    `# ${scenario.name}`,
    '',
    `${scenario.title}.`,
    '',
    `Measured on ${startedAt.slice(0, 10)}, with everything on one machine: ${cores} cores (${cpu}), ${Math.round(memoryBytes / 2 ** 30)} GiB, ${os}, Node ${node}. ` +
      'The figures are medians of the rounds. The ratio is the median of the rounds’ own ratios; it counts more than the figures, because the speed of a machine drifts.',
    '',
    ...markdownTable(['case', 'figure', 'product', reference, 'ratio', 'rounds'], rows),
    '',
    `![${scenario.name}](${scenario.name}.svg)`,
    '',
    ...markdownTable(...costsTable(records, scenario)),
    '',
    ...renderChecks(casesOf(records, scenario).flatMap(([, caseRecords]) => caseRecords)),
    '',
  ].join('\n');
}

/**
 * For each case and pipeline: how many events were checked in all rounds, and the findings. Findings of 0 are listed too.
 * @returns {{ case: string, pipeline: string, events: number, findings: Record<string, number>, refused: number }[]}
 */
function checksOf(records, scenario) {
  return casesOf(records, scenario).flatMap(([name, caseRecords]) => byPipeline(caseRecords).map(([pipeline, own]) => ({ case: name, pipeline, ...sumsOf(own) })));
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

/** The sums of all cases, followed by each measurement that has a finding. */
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

/** `orderBreaks` becomes `order breaks`. */
function wordsOf(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function renderPlot(scenario, records) {
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

/** @param {number} [textColumns] that are aligned left; the others are numbers */
function markdownTable(head, rows, textColumns = 2) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column < textColumns ? '---' : '---:'))), ...rows.map(line)];
}
