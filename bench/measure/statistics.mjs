/** The value below which a share `p` of the sorted values lies (nearest rank); undefined of nothing. */
export function percentile(sorted, p) {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** @param {readonly number[]} values in milliseconds, in any order */
export function latencySummary(values) {
  const sorted = Float64Array.from(values).sort();
  const at = (p) => round(percentile(sorted, p));
  return { count: sorted.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** To three significant places after the point; undefined stays. */
export function round(value) {
  return value === undefined ? undefined : Math.round(value * 1_000) / 1_000;
}
