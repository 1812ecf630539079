import { createRequire } from 'node:module';

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when it changes.
const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue & { scheduleCheckPendingRequests(): void } };

/**
 * Fixes a timer of kafkajs 2.2.4. While no request is pending, kafkajs sets the timer with a negative delay. Node ≥ 24
 * turns that into a 1 ms loop with a TimeoutNegativeWarning: an idle process takes 3.9 % of a core, and 1.05 % with the fix.
 */
export function fixRequestQueueTimer(): void {
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return;
    const throttledMs = this.throttledUntil - Date.now();
    if (this.pending.length === 0 && throttledMs <= 0) return;
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, throttledMs > 0 ? throttledMs : 10);
  };
}
