/** The retry tiers: their delays, in milliseconds, ascending. */
export class Ladder {
  constructor(private readonly tiersMs: readonly number[]) {}

  /**
   * The tier that a retry waits on: the largest one not above the delay, so that its token never comes too late. The
   * owner's timer covers the rest. Undefined when the delay is below all tiers.
   */
  tierFor(delayMs: number): number | undefined {
    return this.tiersMs.findLast((tierMs) => tierMs <= delayMs);
  }
}
