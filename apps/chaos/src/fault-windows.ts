import type { FaultKind, FaultRecord } from './history.js';
import { RECEIVER_LINK } from './topology.js';

type Targets = (target: string) => boolean;

/** The faults that excuse an observation, from their start until `afterMs` after their end. docs/chaos/README.md has the reasons. */
export interface Excuse {
  /** By kind: the targets for which a fault counts. */
  readonly faults: Readonly<Partial<Record<FaultKind, Targets>>>;
  readonly afterMs: number;
}

/** Once Postgres is back, a process needs a connection (up to 5 s) and a renewal cycle to learn which leases it still has. */
const AFTERMATH_MS = 5_000;

const any: Targets = () => true;
const dispatchers: Targets = (target) => /^dispatcher \d+$/.test(target);
const receiverLink: Targets = (target) => target === RECEIVER_LINK;
/** Attempts use the first; outcomes and leases use the second. */
const attemptLinks: Targets = (target) => receiverLink(target) || /^dispatcher \d+ – Postgres$/.test(target);

/** An attempt's outcome may get lost, so that the attempt is repeated. */
export const MAY_LOSE_OUTCOME: Excuse = {
  faults: {
    kill: dispatchers, freeze: dispatchers, 'kill-postgres': any, 'restart-postgres': any,
    cut: attemptLinks, delay: attemptLinks, 'half-open': attemptLinks, reset: attemptLinks, 'isolate-from-postgres': any, 'isolate-from-both': any,
    'receiver-down': any, 'receiver-resetting': any,
  },
  afterMs: AFTERMATH_MS,
};

/** A request may arrive long after its owner lost the shard, or stay open that long: its sender was frozen, or the network slow. */
export const MAY_ARRIVE_LATE: Excuse = { faults: { freeze: dispatchers, delay: receiverLink, 'half-open': receiverLink }, afterMs: AFTERMATH_MS };

/** An attempt may count without arriving. */
export const MAY_NOT_ARRIVE: Excuse = { faults: { 'receiver-down': any, cut: receiverLink, 'half-open': receiverLink, reset: receiverLink }, afterMs: AFTERMATH_MS };

/** A dispatcher may not learn of a change for longer than a second, or its request may arrive late. */
export const MAY_LEARN_LATE: Excuse = {
  faults: {
    freeze: dispatchers, 'kill-postgres': any, 'restart-postgres': any,
    cut: attemptLinks, delay: attemptLinks, 'half-open': attemptLinks, reset: attemptLinks, 'isolate-from-postgres': any, 'isolate-from-both': any,
  },
  afterMs: AFTERMATH_MS,
};

/**
 * Requests of a longer time may arrive together: the network held them back, or tokens were given out again, since a crash of
 * Postgres forgets the last ones, and a clock that is set forward fills the bucket.
 */
export const MAY_COME_TOGETHER: Excuse = {
  faults: { delay: receiverLink, 'half-open': receiverLink, 'kill-postgres': any, 'step-clock': any },
  afterMs: AFTERMATH_MS,
};

/**
 * All attempts may fail for so long that the breakers of endpoints open. A breaker that has closed remembers its openings for a
 * minute, and another one waits for its probe for up to a minute.
 */
export const MAY_OPEN_BREAKERS: Excuse = {
  faults: { 'receiver-down': any, 'receiver-failing': any, 'receiver-resetting': any, cut: receiverLink },
  afterMs: 120_000,
};

/** Two due times may come from different clocks. */
export const STEPS_CLOCK: Excuse = { faults: { 'step-clock': any }, afterMs: 0 };

/** Whether one of the excuse's faults, or its aftermath, overlaps the time from `fromMs` to `untilMs`. */
export function isExcused(faults: readonly FaultRecord[], excuse: Excuse, fromMs: number, untilMs: number): boolean {
  return faults.some((fault) => counts(excuse, fault) && fault.fromMs <= untilMs && fault.untilMs + excuse.afterMs >= fromMs);
}

/** Whether a fault of this kind and target is one of the excuse's. */
export function counts({ faults }: Excuse, { kind, target }: Pick<FaultRecord, 'kind' | 'target'>): boolean {
  return faults[kind]?.(target) === true;
}
