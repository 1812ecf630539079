import { faultShapes } from './fault-shapes.js';
import { FAULT_KINDS, type FaultKind } from './history.js';
import { Random } from './random.js';
import type { Topology } from './topology.js';

export interface ScheduledFault {
  readonly kind: FaultKind;
  /** A name from `Topology`, or one that the kind of fault defines. */
  readonly target: string;
  /** Number of accepted events at which the fault starts, after the one before it. */
  readonly atEvent: number;
  readonly durationMs: number;
  /** See `FaultShape.amount`. */
  readonly amount: number | undefined;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly events: number;
  readonly faults: number;
  readonly kinds?: readonly FaultKind[];
  readonly topology: Topology;
  readonly leaseTtlMs: number;
}

/**
 * Spreads faults over the events. No kind repeats before every kind was used. The same options give the same schedule. An endpoint
 * that starts in the past catches up within seconds, so the next fault starts right after it was added.
 */
export function scheduleOf(options: ScheduleOptions): ScheduledFault[] {
  const schedule: ScheduledFault[] = [];
  for (const fault of spread(options)) {
    const before = schedule.at(-1);
    schedule.push(before?.kind === 'add-past-endpoint' ? { ...fault, atEvent: before.atEvent } : fault);
  }
  return schedule;
}

function spread(options: ScheduleOptions): ScheduledFault[] {
  const random = new Random(options.seed);
  const shapes = faultShapes(options.leaseTtlMs);
  return kindsOf(options, random).map((kind, i) => {
    const { targets, durationMs: [shortestMs, longestMs], amount } = shapes[kind];
    return {
      kind,
      target: random.pick(targets(options.topology)),
      atEvent: Math.floor((options.events * 0.9 * (i + 0.5 + random.next() * 0.5)) / options.faults),
      durationMs: random.integer(shortestMs, longestMs),
      amount: amount === undefined ? undefined : random.pick(amount),
    };
  });
}

function kindsOf({ faults, kinds = FAULT_KINDS }: ScheduleOptions, random: Random): FaultKind[] {
  const drawn: FaultKind[] = [];
  while (drawn.length < faults) drawn.push(...random.shuffled(kinds));
  const taken = drawn.slice(0, faults);
  // A replay needs dead letters, which the other faults cause.
  return [...taken.filter((kind) => kind !== 'replay-dead-letters'), ...taken.filter((kind) => kind === 'replay-dead-letters')];
}
