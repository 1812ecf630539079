import { Gauge } from 'prom-client';

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
 * looks as if there were nothing to do. Without a reading in time it keeps its last value for a minute; then its series end.
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
    const reading = (): Promise<Reading<Label>> => inTime(this.read?.());
    let readAtMs = -Infinity;
    new Gauge<Label>({
      name,
      help,
      labelNames: [...labelNames],
      async collect() {
        const now = await reading();
        const isKept = now === undefined && performance.now() - readAtMs < KEPT_MS;
        if (isKept) return;
        if (now !== undefined) readAtMs = performance.now();
        if (typeof now === 'number') return this.set(now);
        // Series that are not reported any more end. Without labels, a reset would set 0.
        if (labelNames.length === 0) return this.remove();
        this.reset();
        for (const { labels, value } of now ?? []) this.set(labels, value);
      },
    });
  }
}

/** Undefined if it takes too long. */
async function inTime<Result>(reading: Result | Promise<Result>): Promise<Result | undefined> {
  if (!(reading instanceof Promise)) return reading;
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  try {
    return await Promise.race([reading, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
