/**
 * Work that is done again and again: every `intervalMs`, and at once when nudged. One run at a time; what is nudged
 * while one is under way gets a run that begins after it. A run that fails is reported and the next one comes in time.
 */
export class Poll {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = true;

  constructor(
    private readonly intervalMs: number,
    private readonly work: () => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.stopped = false;
    this.nudge();
  }

  /** Does the work as soon as possible. */
  nudge(): void {
    if (this.stopped) return;
    if (this.running !== undefined) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.run();
  }

  /** Resolves when the run under way has ended; there is no further one. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.work();
      } catch (error) {
        this.onError(error);
      }
    } while (this.nudgedMeanwhile());
    this.running = undefined;
    if (!this.stopped) this.timer = setTimeout(() => this.nudge(), this.intervalMs);
  }

  private nudgedMeanwhile(): boolean {
    return this.again && !this.stopped;
  }
}
