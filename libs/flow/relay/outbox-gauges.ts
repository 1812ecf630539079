import { Gauge } from 'prom-client';

export interface OutboxState {
  /** Rows that are not in Kafka yet. */
  readonly depth: number;
  readonly oldestAgeSeconds: number;
}

/** How long a state is used, in milliseconds: two gauges and several scrapers share it. */
const FRESH_MS = 1_000;

/**
 * Depth and age of an outbox. The gauges exist only in a process that observes one: elsewhere they would report 0, which
 * looks like an empty outbox.
 */
export class OutboxGauges {
  private read: (() => Promise<OutboxState>) | undefined;
  private latest: Promise<OutboxState | undefined> | undefined;
  private readAtMs = 0;

  /**
   * @param name of the metrics, to which `_depth` and `_oldest_age_seconds` are added
   * @param content what waits in the outbox, in the plural
   */
  constructor(
    private readonly name: string,
    private readonly content: string,
  ) {}

  /** Reports what `read` returns, and reads at most once a second. A later call replaces it. */
  observe(read: () => Promise<OutboxState>): void {
    if (this.read === undefined) {
      this.create('depth', `${this.content} that are not in Kafka yet`, 'depth');
      this.create('oldest_age_seconds', `Age of the oldest of the ${this.content.toLowerCase()} that are not in Kafka yet`, 'oldestAgeSeconds');
    }
    this.read = read;
    this.latest = undefined;
  }

  private create(suffix: string, help: string, part: keyof OutboxState): void {
    const state = (): Promise<OutboxState | undefined> | undefined => this.state();
    new Gauge({
      name: `${this.name}_${suffix}`,
      help,
      async collect() {
        const value = (await state())?.[part];
        if (value !== undefined) this.set(value);
      },
    });
  }

  /** Undefined if Postgres does not answer, which health reports: the gauges keep their last value. */
  private state(): Promise<OutboxState | undefined> | undefined {
    const nowMs = performance.now();
    if (this.latest === undefined || nowMs - this.readAtMs > FRESH_MS) {
      this.readAtMs = nowMs;
      this.latest = this.read?.().catch(() => undefined);
    }
    return this.latest;
  }
}
