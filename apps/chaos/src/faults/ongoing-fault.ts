import type { Rig } from '../rig.js';
import type { ScheduledFault } from '../schedule.js';

/** Begins a fault; resolves with how to end it. */
export type FaultAction = (rig: Rig, fault: ScheduledFault) => Promise<() => Promise<void>>;

/** For faults that are over as soon as they have begun. */
export const nothingToEnd = (): Promise<void> => Promise.resolve();
