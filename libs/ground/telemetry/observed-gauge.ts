import { Gauge } from 'prom-client';
import { withinMs } from '#ground/polling/within-ms';

/** What a gauge reports: one value, or one for each series. Undefined: not known now. */
export type Reading<Label extends string> = number | undefined | readonly { readonly labels: Readonly<Record<Label, string | number>>; readonly value: number }[];

interface ObservedGaugeOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

/** A scrape waits no longer for a reading: Prometheus would lose all metrics of the process. */
const PATIENCE_MS = 1_000;
/** A value that is older says nothing about now, but may keep an alert firing. */
const KEPT_MS = 60_000;

/**
 * A gauge that is read when it is scraped. It exists only in a process that observes it: elsewhere it would report 0, which
 * looks as if there were nothing to do. A reading that takes longer than a scrape waits is shown by the next one, or alerts
 * would end when Postgres is slow. Without a newer value the gauge keeps its last one for a minute; then its series end.
 */
export class ObservedGauge<Label extends string = never> {
  private read: (() => Reading<Label> | Promise<Reading<Label>>) | undefined;
  private underWay: Promise<void> | undefined;
  private latest: Exclude<Reading<Label>, undefined> | undefined;
  private readAtMs = -Infinity;

  constructor(readonly options: ObservedGaugeOptions<Label>) {}

  /** Reports what `read` returns, which is called again only after its end. A later call replaces it. */
  observe(read: () => Reading<Label> | Promise<Reading<Label>>): void {
    if (this.read === undefined) this.create();
    this.read = read;
    this.underWay = undefined;
  }

  private create(): void {
    const { name, help, labelNames = [] } = this.options;
    const refreshed = (): Promise<Reading<Label>> => this.refreshed();
    new Gauge<Label>({
      name,
      help,
      labelNames: [...labelNames],
      async collect() {
        const now = await refreshed();
        if (typeof now === 'number') return this.set(now);
        // Series that are not reported any more end. Without labels, a reset would set 0.
        if (labelNames.length === 0) return this.remove();
        this.reset();
        for (const { labels, value } of now ?? []) this.set(labels, value);
      },
    });
  }

  /** Begins a reading unless one is under way, and waits for it, but not for long. */
  private async refreshed(): Promise<Reading<Label>> {
    if (this.underWay === undefined) {
      const underWay = this.refresh().finally(() => {
        if (this.underWay === underWay) this.underWay = undefined;
      });
      this.underWay = underWay;
    }
    await withinMs(PATIENCE_MS, this.underWay);
    return performance.now() - this.readAtMs < KEPT_MS ? this.latest : undefined;
  }

  private async refresh(): Promise<void> {
    const { read } = this;
    const reading = await read?.();
    if (reading === undefined || this.read !== read) return;
    this.latest = reading;
    this.readAtMs = performance.now();
  }
}
