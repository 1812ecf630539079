import { setTimeout as delay } from 'node:timers/promises';

export interface UpkeepLoopOptions {
  /** One round of the work; resolves with the milliseconds until the next. Ends soon when `signal` is aborted. */
  readonly round: (signal: AbortSignal) => Promise<number>;
  /** After a round that failed, in milliseconds. */
  readonly retryMs: number;
  /** Gets what a round threw. */
  readonly onError: (error: unknown) => void;
}

/** Does a piece of upkeep again and again, never twice at once, until it is stopped; no failure ends it. */
export class UpkeepLoop {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: UpkeepLoopOptions) {}

  /** @param firstInMs when the first round begins */
  start(firstInMs: number): void {
    this.running ??= this.run(firstInMs);
  }

  /** Resolves when the round that is under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(firstInMs: number): Promise<void> {
    const { signal } = this.stopping;
    for (let waitMs = firstInMs; ; waitMs = await this.round(signal)) {
      // Rejects when it is stopped, and for nothing else. No reference: upkeep keeps no process alive.
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  private async round(signal: AbortSignal): Promise<number> {
    try {
      return await this.options.round(signal);
    } catch (error) {
      // What was cut off by the stop is no failure.
      if (!signal.aborted) this.options.onError(error);
      return this.options.retryMs;
    }
  }
}
