import type { History } from './history.js';

/** What the history shows that must never be, one line a finding; empty when the guarantees held. */
export function findingsIn(history: History): string[] {
  // Replaced by the checker.
  return history.imbalance === undefined ? [...history.witnessed] : [history.imbalance, ...history.witnessed];
}
