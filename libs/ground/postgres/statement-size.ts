import { isTimeout } from './sql-errors.js';

/** Above every bound: one row. */
const MAX_DIVISOR = 8_192;
/** Full statements that must succeed before the next ones are larger: one that is too large costs its whole time. */
const PROOF = 4;

/**
 * How much goes into one statement of a kind: all that its bound allows, and half as much after each one that exceeded its
 * time. It is doubled after four statements as large as allowed, and smaller ones count by their share: what is empty or
 * small proves little. A statement that takes too long is thus never repeated as it is.
 */
export class StatementSize {
  private divisor = 1;
  /** Full statements of the present size that have succeeded, at most `PROOF`. */
  private proof = PROOF;

  /** From a statement that exceeded its time until the full size has proved itself. */
  get isReduced(): boolean {
    return this.divisor > 1 || this.proof < PROOF;
  }

  /** Whether a statement has succeeded since the size changed last. */
  get hasSucceeded(): boolean {
    return this.proof > 0;
  }

  /** @param most the bound of one statement @returns the part of it that may go into one now; at least 1 */
  of(most: number): number {
    return Math.max(1, Math.floor(most / this.divisor));
  }

  /** A pause after a failure: `ms`, longer the more often the size was halved, at most `mostMs`. */
  delayMs(ms: number, mostMs: number): number {
    return Math.min(mostMs, ms * this.divisor);
  }

  /**
   * Runs one statement of this size.
   * @param limit what it may have (see `of`)
   * @param rowsOf how much of that it had
   * @throws its error
   */
  async run<Result>(limit: number, statement: () => Promise<Result>, rowsOf: (result: Result) => number): Promise<Result> {
    try {
      const result = await statement();
      this.onSuccess(rowsOf(result) / limit);
      return result;
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
  }

  /** @param share how much the statement had of what was allowed: 0 when it was empty, 1 when it was full */
  onSuccess(share: number): void {
    this.proof = Math.min(PROOF, this.proof + Math.min(1, share));
    if (this.divisor === 1 || this.proof < PROOF) return;
    this.divisor /= 2;
    this.proof = 0;
  }

  onFailure(error: unknown): void {
    if (!isTimeout(error)) return;
    this.divisor = Math.min(MAX_DIVISOR, this.divisor * 2);
    this.proof = 0;
  }
}
