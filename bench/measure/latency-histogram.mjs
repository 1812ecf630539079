import { build } from 'hdr-histogram-js';

const US_PER_MS = 1_000;
const US_PER_MINUTE = 60_000_000;

/** Latencies in microseconds, to three significant digits. Its size does not depend on how many it holds. */
export class LatencyHistogram {
  #histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: US_PER_MINUTE, autoResize: true, numberOfSignificantValueDigits: 3 });

  /** @param {Iterable<number>} latenciesMs */
  static of(latenciesMs) {
    const histogram = new LatencyHistogram();
    for (const latencyMs of latenciesMs) histogram.record(latencyMs);
    return histogram;
  }

  record(latencyMs) {
    // The clocks of two processes can be microseconds apart.
    this.#histogram.recordValue(Math.max(0, Math.round(latencyMs * US_PER_MS)));
  }

  get count() {
    return this.#histogram.totalCount;
  }

  /** Percentiles by nearest rank, each at most 0.1 % too high; the maximum is exact. All are undefined without latencies. */
  summary() {
    return { p50Ms: this.#atPercentile(50), p95Ms: this.#atPercentile(95), p99Ms: this.#atPercentile(99), maxMs: this.#atPercentile(100) };
  }

  #atPercentile(percentile) {
    if (this.count === 0) return undefined;
    // The histogram answers with the upper end of a bucket, which can lie above the maximum.
    return Math.min(this.#histogram.getValueAtPercentile(percentile), this.#histogram.maxValue) / US_PER_MS;
  }
}
