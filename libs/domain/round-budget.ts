/**
 * How often rounds of work may begin, when a round costs much however little it moves: at once while they are rare, and
 * no sooner than `everyMs` after each other while they are not, so that each finds more to move. What comes alone never
 * waits, and nothing waits for longer than `everyMs`. Pure: it is told the time.
 */
export class RoundBudget {
  /** When the next round would begin, had all of them kept their distance. */
  private dueAtMs = -Infinity;

  /**
   * @param everyMs distance of two rounds' beginnings, in milliseconds
   * @param ahead so many rounds may begin ahead of their time: a few events in a row are no load
   */
  constructor(
    private readonly everyMs: number,
    private readonly ahead: number,
  ) {}

  /** For how many milliseconds the next round has to wait; 0: it may begin. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.dueAtMs - this.ahead * this.everyMs - nowMs);
  }

  /** A round begins, in its time or because it must. */
  begin(nowMs: number): void {
    const latestMs = nowMs + this.ahead * this.everyMs;
    this.dueAtMs = Math.min(Math.max(this.dueAtMs, nowMs), latestMs) + this.everyMs;
  }
}
