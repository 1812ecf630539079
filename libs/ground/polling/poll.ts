export interface PollOptions {
  /** One run of the work. `stop` aborts the signal, and the run then ends soon. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  /** From the end of a run to the next one, in milliseconds. A function is called at the end of each run. */
  readonly intervalMs: number | (() => number);
  /** The same after a run that failed. Default: `intervalMs`. */
  readonly retryMs?: number;
  /** Gets the error of a run, unless `stop` aborted it. */
  readonly onError: (error: unknown) => void;
}

/**
 * Repeats work: every `intervalMs`, and at once on a nudge. One run at a time; a nudge during a run starts another one after
 * it. A failure does not end the poll, and its timer does not keep the process alive.
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

  /** Starts a run as soon as possible. */
  nudge(): void {
    if (!this.started || this.stopped) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.run();
  }

  /** Resolves when the current run has ended. No further run starts. */
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
    } while (this.wasNudged());
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

  private wasNudged(): boolean {
    return this.again && !this.stopped;
  }

  private runAfter(waitMs: number): void {
    this.timer = setTimeout(() => this.nudge(), waitMs).unref();
  }
}
