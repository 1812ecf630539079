import { FAR_OFF_MS } from './lane-placer.js';

/** A head that is overdue by this much has lost its retry token, or the token belongs to a former ownership. */
const OVERDUE_MS = 500;

/**
 * What the sweep does with a head that waits for its time.
 * @param isScarce the lane budget is nearly used up, as a whole or for the endpoint
 */
export function afterWaiting(dueAtMs: number, nowMs: number, isScarce: boolean): 'wake' | 'evict' | 'keep' {
  if (dueAtMs + OVERDUE_MS < nowMs) return 'wake';
  return isScarce && dueAtMs > nowMs + FAR_OFF_MS ? 'evict' : 'keep';
}
