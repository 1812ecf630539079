/** The rungs of the retry ladder: their delays, in milliseconds, ascending. */
export class Ladder {
  constructor(private readonly tiersMs: readonly number[]) {}

  /**
   * The rung that a retry waits on: the largest not above the delay, so that a token never comes too late; what
   * remains is the owner's timer. Undefined when the delay is below all of them.
   */
  tierFor(delayMs: number): number | undefined {
    return this.tiersMs.findLast((tierMs) => tierMs <= delayMs);
  }
}
