import type { RoundBudget } from '#domain/round-budget';
import { Sleeper } from '#ground/polling/sleeper';

/** Delays commits under load, so that each carries more items. An urgent item ends the delay. */
export class CommitPacing {
  private readonly sleeper = new Sleeper();
  private isUrgent = false;

  /** @param budget without one, no commit is delayed */
  constructor(private readonly budget: RoundBudget | undefined) {}

  /** How long the next commit has to wait, in milliseconds; 0 if it may begin now. */
  delayMs(): number {
    return this.isUrgent || this.budget === undefined ? 0 : this.budget.waitMs(performance.now());
  }

  /** Resolves after `delayMs`, or earlier when `hurry` is called. */
  delay(delayMs: number): Promise<void> {
    return this.sleeper.sleep(delayMs);
  }

  /** Lets the next commit begin at once. */
  hurry(): void {
    this.isUrgent = true;
    this.sleeper.wake();
  }

  /** Call it when a commit begins. */
  begin(): void {
    this.isUrgent = false;
    this.budget?.begin(performance.now());
  }
}
