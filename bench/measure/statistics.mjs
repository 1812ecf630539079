export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** To three significant places after the point; undefined stays. */
export function round(value) {
  return value === undefined ? undefined : Math.round(value * 1_000) / 1_000;
}
