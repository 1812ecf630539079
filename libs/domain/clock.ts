/** A moment by the two clocks of a process, in milliseconds. */
export interface Moment {
  /** Never stepped, but stops while the machine is suspended. */
  readonly monotonicMs: number;
  /** May be stepped, but keeps running while the machine is suspended. */
  readonly wallMs: number;
}

export function now(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/**
 * Time since a moment: the larger of what the two clocks say. Neither a suspended machine nor a wall clock that is set back
 * makes it look shorter.
 */
export function elapsedMs(since: Moment, at: Moment = now()): number {
  return Math.max(at.monotonicMs - since.monotonicMs, at.wallMs - since.wallMs);
}
