import { FIRST_ID, LAST_ID, type Span } from './day-tables.js';
import type { ISumCatchUpsResult } from './sum-catch-ups.queries.js';
import type { ISumDeliveriesResult } from './sum-deliveries.queries.js';
import type { ISumInboxResult } from './sum-inbox.queries.js';
import type { ISumKeysResult } from './sum-keys.queries.js';
import type { ISumLanesResult } from './sum-lanes.queries.js';
import type { ISumAttemptsResult } from './sum-attempts.queries.js';
import type { ISumEventsResult } from './sum-events.queries.js';

/** Counts of a day's partitions, and fingerprints of rows that must agree with another table. */
export interface DaySums extends Span {
  readonly events: ISumEventsResult;
  readonly inbox: readonly ISumInboxResult[];
  readonly deliveries: readonly ISumDeliveriesResult[];
  readonly attempts: ISumAttemptsResult;
}

export interface LedgerSums {
  readonly days: readonly DaySums[];
  readonly lanes: readonly ISumLanesResult[];
  readonly keys: readonly ISumKeysResult[];
}

/** Where fingerprints differ, so that rows must be compared. */
export interface Suspicions {
  /** Days whose settled events differ from the admitted ones: some were delayed for long, or lost. */
  readonly admissions: readonly Span[];
  /** Days whose deliveries differ from the routes in the inbox. */
  readonly routes: readonly Span[];
  /** Days whose attempts differ from those of the deliveries. */
  readonly attempts: readonly Span[];
  /** Whether there are deliveries that are in no event's routes. */
  readonly replays: boolean;
  /** Endpoints of lanes whose sequences differ from those of their deliveries. */
  readonly sequences: readonly number[];
  /** Endpoints of lanes whose pending deliveries differ from their counters, or that replay dead letters. */
  readonly waiting: readonly number[];
  readonly halts: boolean;
  /**
   * Days on which an event has no key, or a key no event. The first is no violation: keys expire, or were not given.
   */
  readonly keys: readonly Span[];
}

/** Compares the fingerprints of the tables. */
export function suspicionsOf({ days, lanes, keys }: LedgerSums): Suspicions {
  const deliveries = days.flatMap((day) => day.deliveries);
  const held = Map.groupBy(deliveries, ({ endpoint }) => endpoint);
  const said = new Map(lanes.map((sums) => [sums.endpoint, sums]));
  const endpoints = [...new Set([...held.keys(), ...said.keys()])];
  return {
    admissions: days.filter((day) => xor(day.inbox, ({ fingerprint }) => fingerprint) !== BigInt(day.events.fingerprint ?? 0)),
    routes: days.filter((day) => sum(day.inbox, ({ promised }) => promised) !== sum(day.deliveries, ({ routed }) => routed)),
    attempts: days.filter((day) =>
      xor(day.deliveries, (row) => row.attempts) !== BigInt(day.attempts.attempts) ||
      xor(day.deliveries.filter(({ status }) => status === 'delivered'), (row) => row.attempts) !== BigInt(day.attempts.successes)),
    replays: deliveries.some(({ replays, caughtUp }) => replays > 0 || caughtUp > 0),
    sequences: endpoints.filter((endpoint) => {
      const rows = held.get(endpoint) ?? [];
      const { tails = 0, sequences = '0' } = said.get(endpoint) ?? {};
      return tails !== inLanes(rows) || BigInt(sequences) !== xor(rows, (row) => row.sequences);
    }),
    waiting: endpoints.filter((endpoint) => {
      const rows = (held.get(endpoint) ?? []).filter(({ status }) => status === 'pending');
      const { waitingInLanes = 0, waiting = '0', replaying = false } = said.get(endpoint) ?? {};
      return replaying || waitingInLanes !== inLanes(rows) || BigInt(waiting) !== xor(rows, (row) => row.sequences);
    }),
    halts: lanes.some(({ halted }) => halted > 0),
    keys: keys.some(({ from }) => from === null) ? [{ from: FIRST_ID, to: LAST_ID }] : days.filter((day) => hasOtherKeys(day, keys)),
  };
}

/** Endpoints whose catch-up has counted another number of deliveries than there are, those of retired days included. */
export function endpointsWithOtherCatchUps(
  counted: readonly Pick<ISumCatchUpsResult, 'endpoint' | 'routed'>[],
  made: readonly { readonly endpoint: number; readonly caughtUp: number }[],
): number[] {
  const differences = new Map<number, number>();
  const add = (endpoint: number, change: number): void => void differences.set(endpoint, (differences.get(endpoint) ?? 0) + change);
  for (const { endpoint, routed } of counted) add(endpoint, routed);
  for (const { endpoint, caughtUp } of made) add(endpoint, -caughtUp);
  return [...differences].filter(([, difference]) => difference !== 0).map(([endpoint]) => endpoint);
}

/** Skips keys of days without partitions. */
function hasOtherKeys({ from, to, events }: DaySums, keys: readonly ISumKeysResult[]): boolean {
  const named = keys.filter((row) => row.from !== null && row.from >= from && row.from < to);
  const total = named.reduce((result, row) => result + row.keys, 0);
  return total > 0 && (total !== events.events || xor(named, ({ fingerprint }) => fingerprint) !== (BigInt(events.fingerprint ?? 0) ^ BigInt(events.unsettled ?? 0)));
}

function inLanes(rows: readonly ISumDeliveriesResult[]): number {
  return rows.reduce((total, row) => total + row.inLanes, 0);
}

function xor<Row>(rows: readonly Row[], of: (row: Row) => string | null): bigint {
  return rows.reduce((result, row) => result ^ BigInt(of(row) ?? 0), 0n);
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => string): bigint {
  return rows.reduce((result, row) => result + BigInt(of(row)), 0n);
}
