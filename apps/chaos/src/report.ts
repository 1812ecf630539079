import { isSuccess } from './lanes.js';
import type { RunResult } from './run.js';
import type { RigOptions } from './rig.js';
import type { ScheduledDrive } from './scheduled-drive.js';

const MAX_FINDINGS_SHOWN = 40;

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never');

function countsOf({ history, breakers }: RunResult): Record<string, number> {
  const { events, arrivals, deliveries, changes } = history;
  const distinct = new Set(arrivals.map(({ deliveryId }) => deliveryId)).size;
  return {
    events: events.length,
    webhooks: events.filter(({ origin }) => origin === 'webhook').length,
    records: events.filter(({ origin }) => origin === 'topic').length,
    tries: events.reduce((sum, { tries }) => sum + tries.length, 0),
    endpoints: history.endpoints.length,
    deliveries: deliveries.length,
    dead: deliveries.filter(({ status }) => status === 'dead').length,
    arrivals: arrivals.length,
    /** All requests but each delivery's first: retries, replays, repeats. */
    again: arrivals.length - distinct,
    repeatsAfterDelivery: repeatsAfterDelivery(arrivals),
    oddAnswers: arrivals.filter(({ oddity }) => oddity !== undefined).length,
    closedReused: arrivals.filter(({ closedReused }) => closedReused).length,
    changes: changes.length,
    breakersOpened: breakers.opened,
    breakersClosed: breakers.closed,
  };
}

/** Requests that arrive after their delivery's 2xx, which at-least-once delivery allows. */
function repeatsAfterDelivery(arrivals: RunResult['history']['arrivals']): number {
  const delivered = new Set<string>();
  let repeats = 0;
  for (const arrival of arrivals) {
    if (delivered.has(arrival.deliveryId) && !arrival.replayed) repeats += 1;
    if (isSuccess(arrival)) delivered.add(arrival.deliveryId);
  }
  return repeats;
}

/** The result as lines for people. */
export function linesOf(result: RunResult): string[] {
  const rows = result.recoveries.map(({ fault, recoveredMs, longestGapMs }) => [
    fault.kind, fault.target, seconds(fault.untilMs - fault.fromMs), seconds(recoveredMs), seconds(longestGapMs),
  ]);
  const shown = result.findings.slice(0, MAX_FINDINGS_SHOWN);
  return [
    '',
    ...table([['fault', 'target', 'lasted', 'back', 'silent'], ...rows]),
    '',
    Object.entries(countsOf(result)).map(([name, count]) => `${name} ${count}`).join(', '),
    `took ${seconds(result.durationMs)}`,
    result.findings.length === 0 ? 'no findings' : `${result.findings.length} findings:`,
    ...shown.map((finding) => `  ${finding.slice(0, 2_000)}`),
    ...(result.findings.length > shown.length ? [`  … and ${result.findings.length - shown.length} more`] : []),
    ...(result.logFolder === undefined ? [] : [`logs: ${result.logFolder}`]),
  ];
}

/** A seed's entry in a report file. */
export interface SeedReport extends SeedRun {
  readonly faults: readonly object[];
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
  readonly durationMs: number;
}

/** Identifies a run: the same seed with the same options and schedule. */
export interface SeedRun {
  readonly options: Omit<ScheduledDrive, 'schedule'> & Pick<RigOptions, 'topology' | 'leaseTtlMs' | 'retryScheduleMs'>;
  readonly schedule: ScheduledDrive['schedule'];
}

export function reportOf({ options, schedule }: SeedRun, result: RunResult): SeedReport {
  const orNever = (ms: number): number | string => (Number.isFinite(ms) ? ms : 'never');
  return {
    options,
    schedule,
    faults: result.recoveries.map(({ fault, recoveredMs, longestGapMs }) => ({ ...fault, recoveredMs: orNever(recoveredMs), longestGapMs: orNever(longestGapMs) })),
    counts: countsOf(result),
    findings: result.findings,
    durationMs: result.durationMs,
  };
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
