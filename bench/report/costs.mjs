import { median } from '../measure/statistics.mjs';
import { figure } from './chart.mjs';
import { casesOf, figuresOf } from './summary.mjs';

export const COSTS = { cpuMsPerEvent: 'CPU ms per event', walBytesPerEvent: 'WAL bytes per event', rowsPerEvent: 'rows per event', kafkaBytesPerEvent: 'Kafka bytes per event' };
/** The processes of the events' pipelines. */
const PROCESSES = ['gateway', 'dispatcher', 'postgres', 'kafka'];

/**
 * The costs of an event, for each case and side: medians over the rounds, but the peak memory of all rounds. For several
 * processes of one app, CPU is added up, and memory is that of the largest.
 * @param {object[]} records
 * @param {import('../scenarios/scenarios.mjs').Scenario} scenario
 * @returns {Cost[]}
 * @typedef {{ case: string, side: string, cpuMs: Record<string, number>, memoryMib: Record<string, number> } & Record<keyof typeof COSTS, number>} Cost
 */
export function costsOf(records, scenario) {
  const sides = [['product', false], [scenario.reference ?? 'bare', true]];
  return casesOf(records, scenario).flatMap(([name, caseRecords]) =>
    sides
      .map(([side, isReference]) => [side, caseRecords.filter(({ reference }) => reference === isReference)])
      .filter(([, own]) => own.length > 0)
      .map(([side, own]) => ({ case: name, side, ...costOf(own.map(figuresOf), scenario.processes ?? PROCESSES) })),
  );
}

function costOf(figures, processes) {
  const ofApp = (prefix, app) => figures.map((each) => Object.entries(each).filter(([name]) => name.replace(/-\d+$/, '') === `${prefix} ${app}`).map(([, value]) => value)).filter((values) => values.length > 0);
  const byApp = (valueOf) => Object.fromEntries(processes.map((app) => [app, valueOf(app)]));
  return {
    cpuMs: byApp((app) => medianOf(ofApp('cpu', app).map(sumOf))),
    ...Object.fromEntries(Object.keys(COSTS).map((name) => [name, medianOf(figures.map((each) => each[name]).filter((value) => value !== undefined))])),
    memoryMib: byApp((app) => highestOf(ofApp('memory', app).flat())),
  };
}

/** The header and the rows of a table. @returns {[string[], string[][]]} */
export function costsTable(records, scenario) {
  const processes = scenario.processes ?? PROCESSES;
  const head = ['case', '', ...processes.map((name) => `CPU ms ${name}`), 'CPU ms total', 'WAL B', 'rows', 'Kafka B', ...processes.map((name) => `MiB ${name}`)];
  const rows = costsOf(records, scenario).map(({ case: name, side, cpuMs, memoryMib, ...cost }) => [
    name,
    side,
    ...[...processes.map((app) => cpuMs[app]), ...Object.keys(COSTS).map((key) => cost[key]), ...processes.map((app) => memoryMib[app])].map(figure),
  ]);
  return [head, rows];
}

function sumOf(values) {
  return values.reduce((sum, value) => sum + value, 0);
}

function medianOf(values) {
  return values.length === 0 ? undefined : median(values);
}

function highestOf(values) {
  return values.length === 0 ? undefined : Math.max(...values);
}
