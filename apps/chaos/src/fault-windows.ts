import type { FaultKind, FaultRecord } from './history.js';
import { RECEIVER_LINK } from './topology.js';

type Targets = (target: string) => boolean;

/** What faults of some kinds, of some targets each, excuse: from their beginning until so long after their end. */
export interface Excuse {
  readonly faults: Readonly<Partial<Record<FaultKind, Targets>>>;
  readonly afterMs: number;
}

/**
 * How long a fault works on. Who gets Postgres back has renewed its leases, or knows that it has lost them, when its
 * connections (5 s for a new one) and its round (a tenth of a lease) are through; who was frozen sends what it was about
 * to send at once, if the machine lets it.
 */
const AFTER_MS = 5_000;

const any: Targets = () => true;
const dispatchers: Targets = (target) => /^dispatcher \d+$/.test(target);
const receiverLink: Targets = (target) => target === RECEIVER_LINK;
/** Where attempts go, and where their outcomes and the leases are. */
const attemptLinks: Targets = (target) => receiverLink(target) || /^dispatcher \d+ – Postgres$/.test(target);

/**
 * What became of an attempt may be lost, so that it is made again. Not in it: what is done on purpose and in peace (a
 * graceful restart, a replay, …); gateways and their connections, since they attempt nothing; the database's clock, since
 * owners and those who watch them count by their own; and Kafka, since a dispatcher that the group doesn't hear, or has
 * sent away, keeps its leases in Postgres until its attempts have ended and their outcomes are committed.
 */
export const LOSING: Excuse = {
  faults: {
    kill: dispatchers, freeze: dispatchers, 'kill-postgres': any, 'restart-postgres': any,
    cut: attemptLinks, delay: attemptLinks, 'half-open': attemptLinks, reset: attemptLinks, 'isolate-from-postgres': any, 'isolate-from-both': any,
    'receiver-down': any, 'receiver-resetting': any,
  },
  afterMs: AFTER_MS,
};

/**
 * A request is sent, or gets through, long after its sender decided to, and stays open when its sender is out of reach:
 * by a process that wakes up, or a slow network.
 */
export const LATE: Excuse = { faults: { freeze: dispatchers, delay: receiverLink, 'half-open': receiverLink }, afterMs: AFTER_MS };

/** An attempt is made, and counts, and doesn't arrive. */
export const UNREACHABLE: Excuse = { faults: { 'receiver-down': any, cut: receiverLink, 'half-open': receiverLink, reset: receiverLink }, afterMs: AFTER_MS };

/** What is due is due by another clock than what was due. */
export const STEPPING: Excuse = { faults: { 'step-clock': any }, afterMs: 0 };

/** Whether such a fault was there at some moment from `fromMs` to `untilMs`. */
export function inAnyFault(faults: readonly FaultRecord[], excuse: Excuse, fromMs: number, untilMs: number): boolean {
  return faults.some((fault) => excuse.faults[fault.kind]?.(fault.target) === true && fault.fromMs <= untilMs && fault.untilMs + excuse.afterMs >= fromMs);
}
