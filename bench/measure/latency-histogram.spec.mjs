import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LatencyHistogram } from './latency-histogram.mjs';

const PERCENTILES = { p50Ms: 0.5, p95Ms: 0.95, p99Ms: 0.99, maxMs: 1 };
/** Half a microsecond of rounding, and the errors of floating point. */
const ROUNDING_MS = 0.000_501;
/** Three significant digits. */
const PRECISION = 0.001;

/** The smallest of the values that at least a share `p` of them does not exceed: computed from all values, sorted. */
function nearestRank(values, p) {
  return Float64Array.from(values).sort()[Math.max(0, Math.ceil(p * values.length) - 1)];
}

function expectAgreement(latenciesMs) {
  const summary = LatencyHistogram.of(latenciesMs).summary();
  for (const [name, p] of Object.entries(PERCENTILES)) {
    const exactMs = nearestRank(latenciesMs, p);
    expect(Math.abs(summary[name] - exactMs)).toBeLessThanOrEqual(exactMs * PRECISION + ROUNDING_MS);
  }
}

describe('LatencyHistogram', () => {
  it('agrees with the sorted values to three significant digits', () => {
    const latencyMs = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 200, noNaN: true }),
      fc.double({ min: 0, max: 600_000, noNaN: true }),
    );
    fc.assert(fc.property(fc.array(latencyMs, { minLength: 1, maxLength: 400 }), expectAgreement));
  });

  it('agrees for a load with a long tail', () => {
    // Pareto: the median is 4 ms, the longest of 100,000 takes tens of seconds.
    expectAgreement(Array.from({ length: 100_000 }, (_, n) => 2 / ((n + 0.5) / 100_000)));
  });

  it('has nothing to say about no latencies', () => {
    const histogram = new LatencyHistogram();
    expect([histogram.count, histogram.summary()]).toEqual([0, { p50Ms: undefined, p95Ms: undefined, p99Ms: undefined, maxMs: undefined }]);
  });

  it('never reports a percentile above the maximum', () => {
    expect(LatencyHistogram.of([5.001]).summary()).toEqual({ p50Ms: 5.001, p95Ms: 5.001, p99Ms: 5.001, maxMs: 5.001 });
  });

  it('counts an arrival that seems to come before its send as immediate', () => {
    expect(LatencyHistogram.of([-0.002]).summary().maxMs).toBe(0);
  });
});
