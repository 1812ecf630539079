import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export interface OutboxState {
  /** Rows that are not in Kafka yet, of which 10,000 a shard are counted. */
  readonly depth: number;
  readonly oldestAgeSeconds: number;
}

/** How long a state is used, in milliseconds: two gauges and several scrapers share it. */
const FRESH_MS = 1_000;

/** Depth and age of an outbox. */
export class OutboxGauges {
  private readonly depth: ObservedGauge;
  private readonly oldestAge: ObservedGauge;
  private read: (() => Promise<OutboxState>) | undefined;
  private latest: Promise<OutboxState | undefined> | undefined;
  private readAtMs = 0;

  /**
   * @param name of the metrics, to which `_depth` and `_oldest_age_seconds` are added
   * @param content what waits in the outbox, in the plural
   */
  constructor(name: string, content: string) {
    this.depth = new ObservedGauge({ name: `${name}_depth`, help: `${content} that are not in Kafka yet, of which 10,000 a shard are counted` });
    this.oldestAge = new ObservedGauge({ name: `${name}_oldest_age_seconds`, help: `Age of the oldest of the ${content.toLowerCase()} that are not in Kafka yet` });
  }

  /** Reports what `read` returns, and reads at most once a second. A later call replaces it. */
  observe(read: () => Promise<OutboxState>): void {
    this.read = read;
    this.latest = undefined;
    this.depth.observe(async () => (await this.state())?.depth);
    this.oldestAge.observe(async () => (await this.state())?.oldestAgeSeconds);
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
