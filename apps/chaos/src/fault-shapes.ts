import { type FaultKind } from './history.js';
import { dispatcherNames, linkNames, processNames, type Topology } from './topology.js';

type Range = readonly [low: number, high: number];

/** Possible targets, durations and amounts of a kind of fault. */
export interface FaultShape {
  readonly targets: (topology: Topology) => readonly string[];
  readonly durationMs: Range;
  /** Milliseconds for delays and clock steps, percent for failures and of the time so far, a seed for odd answers. */
  readonly amount?: readonly number[];
}

const one = (name: string) => (): readonly string[] => [name];
const INSTANT: Range = [0, 0];

/**
 * A freeze outlasts the lease. An isolation outlasts a takeover: the group's session (10 s) for Kafka, or two leases for
 * Postgres, plus the new owner's start.
 */
export function faultShapes(leaseTtlMs: number): Readonly<Record<FaultKind, FaultShape>> {
  const beyondLease: Range = [leaseTtlMs * 1.1, leaseTtlMs * 1.4];
  return {
    kill: { targets: processNames, durationMs: [200, 4_000] },
    freeze: { targets: processNames, durationMs: beyondLease },
    restart: { targets: processNames, durationMs: INSTANT },
    'kill-postgres': { targets: one('Postgres'), durationMs: [0, 4_000] },
    'restart-postgres': { targets: one('Postgres'), durationMs: INSTANT },
    'kill-kafka': { targets: one('Kafka'), durationMs: [0, 4_000] },
    'restart-kafka': { targets: one('Kafka'), durationMs: INSTANT },
    cut: { targets: linkNames, durationMs: [1_000, 6_000] },
    delay: { targets: linkNames, durationMs: [4_000, 8_000], amount: [50, 200, 800] },
    'half-open': { targets: linkNames, durationMs: [4_000, leaseTtlMs * 1.4] },
    reset: { targets: linkNames, durationMs: INSTANT },
    'isolate-from-kafka': { targets: (topology) => processNames(topology).map((name) => `${name} – Kafka`), durationMs: [leaseTtlMs * 2.5, leaseTtlMs * 2.5] },
    'isolate-from-postgres': { targets: (topology) => dispatcherNames(topology).map((name) => `${name} – Postgres`), durationMs: [leaseTtlMs * 3, leaseTtlMs * 3] },
    'isolate-from-both': { targets: dispatcherNames, durationMs: [leaseTtlMs * 2.5, leaseTtlMs * 2.5] },
    'delete-log': { targets: one('events'), durationMs: INSTANT },
    'recreate-topics': { targets: one('all topics'), durationMs: INSTANT },
    'step-clock': { targets: one('Postgres'), durationMs: INSTANT, amount: [-15_000, -5_000, 5_000, 15_000] },
    'receiver-down': { targets: one('receiver'), durationMs: [2_000, 8_000] },
    'receiver-slow': { targets: one('receiver'), durationMs: [4_000, 8_000], amount: [100, 500] },
    'receiver-failing': { targets: one('receiver'), durationMs: [4_000, 9_000], amount: [30, 60, 100] },
    'receiver-resetting': { targets: one('receiver'), durationMs: [2_000, 6_000] },
    'receiver-odd': { targets: one('receiver'), durationMs: [6_000, 10_000], amount: Array.from({ length: 1_000 }, (_, seed) => seed) },
    'change-url': { targets: one('first'), durationMs: [3_000, 6_000] },
    'change-headers': { targets: one('first'), durationMs: [3_000, 6_000] },
    'rotate-secret': { targets: one('first'), durationMs: [3_000, 6_000] },
    'pause-endpoint': { targets: one('first'), durationMs: [2_000, 6_000] },
    'add-endpoint': { targets: one('endpoints'), durationMs: INSTANT },
    'add-past-endpoint': { targets: one('endpoints'), durationMs: INSTANT, amount: [0, 50] },
    'replay-dead-letters': { targets: one('all'), durationMs: INSTANT },
  };
}
