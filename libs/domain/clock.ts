/** A moment by the two clocks that a process has, in milliseconds. */
export interface Moment {
  /** Never stepped, but stands still while a machine is suspended. */
  readonly monotonicMs: number;
  /** May be stepped, but goes on while a machine is suspended. */
  readonly wallMs: number;
}

export function now(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/**
 * Time since a moment, by whichever clock says more: neither a suspended machine nor a wall clock stepped back can
 * make time that has passed look shorter.
 */
export function elapsedMs(since: Moment, at: Moment = now()): number {
  return Math.max(at.monotonicMs - since.monotonicMs, at.wallMs - since.wallMs);
}
