import { Gauge } from 'prom-client';

/** What a gauge reports: one value, or one for each series. Undefined keeps the last one. */
export type Reading<Label extends string> = number | undefined | readonly { readonly labels: Readonly<Record<Label, string | number>>; readonly value: number }[];

interface ObservedGaugeOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

/**
 * A gauge that is read when it is scraped. It exists only in a process that observes it: elsewhere it would report 0, which
 * looks as if there were nothing to do.
 */
export class ObservedGauge<Label extends string = never> {
  private read: (() => Reading<Label> | Promise<Reading<Label>>) | undefined;

  constructor(readonly options: ObservedGaugeOptions<Label>) {}

  /** Reports what `read` returns. A later call replaces it. */
  observe(read: () => Reading<Label> | Promise<Reading<Label>>): void {
    if (this.read === undefined) this.create();
    this.read = read;
  }

  private create(): void {
    const { name, help, labelNames = [] } = this.options;
    const reading = (): Reading<Label> | Promise<Reading<Label>> => this.read?.();
    new Gauge<Label>({
      name,
      help,
      labelNames: [...labelNames],
      async collect() {
        const now = await reading();
        if (now === undefined) return;
        if (typeof now === 'number') return this.set(now);
        // Series that are not reported any more end.
        this.reset();
        for (const { labels, value } of now) this.set(labels, value);
      },
    });
  }
}
