import { bucketOf } from '#domain/log-histogram';

/** Values that were measured. */
export interface Measured {
  readonly count: number;
  readonly sum: number;
  /** As `log-histogram` has them; empty for a gauge. */
  readonly buckets: readonly number[];
}

class Measurement implements Measured {
  count = 0;
  sum = 0;
  readonly buckets: number[] = [];

  add({ count, sum, buckets }: Measured): void {
    this.count += count;
    this.sum += sum;
    // Without an iterator: some 100 buckets each of thousands of histograms, in one go.
    for (let bucket = 0; bucket < buckets.length; bucket++) this.buckets[bucket] = (this.buckets[bucket] ?? 0) + (buckets[bucket] ?? 0);
  }

  measure(value: number): void {
    this.count += 1;
    this.sum += value;
    const bucket = bucketOf(value);
    while (this.buckets.length <= bucket) this.buckets.push(0);
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
  }
}

/** What was counted and measured of one thing. */
export class Tally {
  private readonly counts = new Map<string, number>();
  private readonly measurements = new Map<string, Measurement>();

  /** Notes that something happened, `times` times. */
  count(measure: string, times = 1): void {
    this.counts.set(measure, (this.counts.get(measure) ?? 0) + times);
  }

  /** Notes a value, such as a duration in milliseconds. */
  measure(measure: string, value: number): void {
    this.measurementOf(measure).measure(value);
  }

  /** Notes what a gauge shows. It has no histogram: those of several processes are added. */
  gauge(measure: string, value: number): void {
    this.measurementOf(measure).add({ count: 1, sum: value, buckets: [] });
  }

  /** Adds what another one has. */
  add(other: Tally): void {
    for (const [measure, times] of other.counts) this.count(measure, times);
    for (const [measure, measured] of other.measurements) this.measurementOf(measure).add(measured);
  }

  /** How much happened, or waits: tells the busy from the others. */
  get weight(): number {
    let weight = 0;
    for (const times of this.counts.values()) weight += times;
    for (const { count, sum, buckets } of this.measurements.values()) weight += buckets.length === 0 ? sum : count;
    return weight;
  }

  /** Of each measure, what was noted. */
  *entries(): Generator<[measure: string, noted: Measured]> {
    for (const [measure, count] of this.counts) yield [measure, { count, sum: 0, buckets: [] }];
    yield* this.measurements;
  }

  private measurementOf(measure: string): Measurement {
    let measurement = this.measurements.get(measure);
    if (measurement === undefined) {
      measurement = new Measurement();
      this.measurements.set(measure, measurement);
    }
    return measurement;
  }
}
