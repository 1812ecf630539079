/**
 * Spaces out rounds of work whose cost hardly depends on how much they move: under load each round then finds more to
 * move. Rare rounds begin at once, frequent ones on average `everyMs` apart, and none waits longer than `everyMs`.
 *
 * It is the generic cell rate algorithm (ITU-T I.371): `dueAtMs` is the theoretical arrival time, `ahead` the tolerance.
 */
export class RoundBudget {
  /** When the next round would begin if all rounds had kept the distance. */
  private dueAtMs = -Infinity;

  /**
   * @param everyMs distance between the beginnings of two rounds, in milliseconds
   * @param ahead rounds that may begin before their time: a few events in a row are no load
   */
  constructor(
    private readonly everyMs: number,
    private readonly ahead: number,
  ) {}

  /** How long the next round has to wait, in milliseconds; 0 if it may begin. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.dueAtMs - this.ahead * this.everyMs - nowMs);
  }

  /** Call it when a round begins, whether or not it has waited. */
  begin(nowMs: number): void {
    const latestMs = nowMs + this.ahead * this.everyMs;
    this.dueAtMs = Math.min(Math.max(this.dueAtMs, nowMs), latestMs) + this.everyMs;
  }
}
