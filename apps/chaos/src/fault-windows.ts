import type { FaultKind, FaultRecord } from './history.js';

/** What a fault of some kinds excuses, from its beginning until so long after its end. */
export interface Excuse {
  readonly kinds: ReadonlySet<FaultKind>;
  readonly afterMs: number;
}

/**
 * What became of an attempt may be lost, so that it is made again. Not in it: everything that is done on purpose and in
 * peace (a graceful restart, an endpoint that is paused or added, a replay).
 */
export const LOSING: Excuse = {
  kinds: new Set([
    'kill', 'freeze', 'kill-postgres', 'restart-postgres', 'kill-kafka', 'restart-kafka', 'cut', 'delay', 'half-open', 'reset',
    'isolate-from-kafka', 'isolate-from-postgres', 'receiver-down', 'receiver-resetting', 'step-clock',
  ]),
  afterMs: 0,
};

/** A request is sent, or gets through, long after its sender decided to: by a process that wakes up, or a slow network. */
export const LATE: Excuse = { kinds: new Set(['freeze', 'delay', 'half-open']), afterMs: 10_000 };

/** The sender is frozen or out of reach while its connection stays open, up to its attempt's timeout. */
export const OVERLAPPING: Excuse = { kinds: new Set(['freeze', 'delay', 'half-open']), afterMs: 20_000 };

/** What is due is due by another clock than what was due. */
export const STEPPING: Excuse = { kinds: new Set(['step-clock']), afterMs: 0 };

/** Whether a fault of these kinds was there at some moment from `fromMs` to `untilMs`. */
export function inAnyFault(faults: readonly FaultRecord[], { kinds, afterMs }: Excuse, fromMs: number, untilMs: number): boolean {
  return faults.some((fault) => kinds.has(fault.kind) && fault.fromMs <= untilMs && fault.untilMs + afterMs >= fromMs);
}
