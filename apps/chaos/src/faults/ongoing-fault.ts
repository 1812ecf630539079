import type { Rig } from '../rig.js';
import type { ScheduledFault } from '../schedule.js';

/** Starts a fault; resolves with the function that ends it. */
export type FaultAction = (rig: Rig, fault: ScheduledFault) => Promise<() => Promise<void>>;

/** For faults that happen at once. */
export const nothingToEnd = (): Promise<void> => Promise.resolve();
