export interface PollOptions {
  /** One run of the work. At the stop `signal` is aborted: it ends soon then. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  /** From the end of a run to the next one, in milliseconds; a function is asked at the end of each. */
  readonly intervalMs: number | (() => number);
  /** The same after a run that failed; `intervalMs` when there is none. */
  readonly retryMs?: number;
  /** Gets what a run threw, but not what the stop has cut off. */
  readonly onError: (error: unknown) => void;
}

/**
 * Work that is done again and again: every `intervalMs`, and at once when nudged. One run at a time; what is nudged
 * while one is under way gets a run that begins after it. No failure ends it, and it keeps no process alive.
 */
export class Poll {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private started = false;

  constructor(private readonly options: PollOptions) {}

  /** @param firstInMs when the first run begins */
  start(firstInMs = 0): void {
    this.started = true;
    if (firstInMs === 0) this.nudge();
    else this.runAfter(firstInMs);
  }

  /** Does the work as soon as possible. */
  nudge(): void {
    if (!this.started || this.stopped) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.run();
  }

  /** Resolves when the run under way has ended; there is no further one. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    let failed: boolean;
    do {
      this.again = false;
      failed = await this.fails();
    } while (this.nudgedMeanwhile());
    this.running = undefined;
    const { intervalMs, retryMs = Infinity } = this.options;
    const usualMs = typeof intervalMs === 'number' ? intervalMs : intervalMs();
    if (!this.stopped) this.runAfter(failed ? Math.min(retryMs, usualMs) : usualMs);
  }

  private async fails(): Promise<boolean> {
    try {
      await this.options.work(this.stopping.signal);
      return false;
    } catch (error) {
      if (!this.stopped) this.options.onError(error);
      return true;
    }
  }

  private nudgedMeanwhile(): boolean {
    return this.again && !this.stopped;
  }

  private runAfter(waitMs: number): void {
    this.timer = setTimeout(() => this.nudge(), waitMs).unref();
  }
}
