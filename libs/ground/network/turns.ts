export interface TurnsOptions {
  /** How many pieces of work are under way at most. */
  readonly atOnce: number;
  /** How many more may wait for their turn. */
  readonly waiting: number;
  /** How long a caller waits at most, for its turn and for the work, in milliseconds. */
  readonly limitMs: number;
}

/** Too much work waits, or the caller has waited too long. The code is getaddrinfo's for "try again". */
export class NoTurnError extends Error {
  override readonly name = 'NoTurnError';
  readonly code = 'EAI_AGAIN';
}

/** Bounds work that cannot be stopped: it begins in the order of the calls, and keeps its turn until it ends. */
export class Turns {
  private underWay = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly options: TurnsOptions) {}

  /**
   * Does the work when its turn comes.
   * @throws NoTurnError, also when the work has begun and goes on; what the work throws
   */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    const { atOnce, waiting, limitMs } = this.options;
    if (this.underWay >= atOnce && this.waiting.size >= waiting) throw new NoTurnError(`${waiting} look-ups wait already`);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const begin = (): void => {
      this.underWay += 1;
      void work().then(resolve, reject).finally(() => this.end());
    };
    const timer = setTimeout(() => {
      this.waiting.delete(begin);
      reject(new NoTurnError(`No answer within ${limitMs} ms`));
    }, limitMs);
    if (this.underWay < atOnce) begin();
    else this.waiting.add(begin);
    return promise.finally(() => clearTimeout(timer));
  }

  private end(): void {
    this.underWay -= 1;
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    next();
  }
}
