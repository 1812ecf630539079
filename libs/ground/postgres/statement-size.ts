import { isTimeout } from './sql-errors.js';

/** Above every bound: one row. */
const MAX_DIVISOR = 8_192;

/**
 * How much goes into one statement of a kind: all that its bound allows, half as much after each one that exceeded its
 * time, twice as much after each success. A statement that takes too long is thus never repeated as it is.
 */
export class StatementSize {
  private divisor = 1;

  get isReduced(): boolean {
    return this.divisor > 1;
  }

  /** @param most the bound of one statement @returns the part of it that may go into one now; at least 1 */
  of(most: number): number {
    return Math.max(1, Math.floor(most / this.divisor));
  }

  /** A pause after a failure: `ms`, longer the more often the size was halved, at most `mostMs`. */
  delayMs(ms: number, mostMs: number): number {
    return Math.min(mostMs, ms * this.divisor);
  }

  /** Runs one statement of this size. @throws its error */
  async run<Result>(statement: () => Promise<Result>): Promise<Result> {
    try {
      const result = await statement();
      this.onSuccess();
      return result;
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
  }

  onSuccess(): void {
    this.divisor = Math.max(1, this.divisor / 2);
  }

  onFailure(error: unknown): void {
    if (isTimeout(error)) this.divisor = Math.min(MAX_DIVISOR, this.divisor * 2);
  }
}
