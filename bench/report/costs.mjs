import { figure } from './chart.mjs';
import { casesOf, figuresOf } from './report.mjs';
import { median } from '../measure/statistics.mjs';

export const COSTS = { cpuMsPerEvent: 'CPU ms per event', walBytesPerEvent: 'WAL bytes per event', rowsPerEvent: 'rows per event', kafkaBytesPerEvent: 'Kafka bytes per event' };
/** Of the events' pipelines. */
const PROCESSES = ['gateway', 'dispatcher', 'postgres', 'kafka'];

/**
 * What an event takes, of each case on each side: medians over the rounds, but the highest memory of all of them. Several
 * processes of one app: their CPU together, the memory of the largest.
 * @param {object[]} records
 * @param {import('../scenarios/scenarios.mjs').Scenario} scenario
 * @returns {Cost[]}
 * @typedef {{ case: string, side: string, cpuMs: Record<string, number>, memoryMib: Record<string, number> } & Record<keyof typeof COSTS, number>} Cost
 */
export function costsOf(records, scenario) {
  const sides = [['product', false], [scenario.reference ?? 'bare', true]];
  return casesOf(records, scenario).flatMap(([name, made]) =>
    sides
      .map(([side, isReference]) => [side, made.filter(({ reference }) => reference === isReference)])
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

/** The head and the rows of a table. @returns {[string[], string[][]]} */
export function costsTable(records, scenario) {
  const processes = scenario.processes ?? PROCESSES;
  const head = ['case', '', ...processes.map((name) => `CPU ms ${name}`), 'CPU ms in all', 'WAL B', 'rows', 'Kafka B', ...processes.map((name) => `MiB ${name}`)];
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
