/** Buckets for each doubling of the value. A quantile is at most 4.5 % off, half a bucket. */
const BUCKETS_PER_DOUBLING = 8;
/** The first one has values up to 1/8: in milliseconds that is less than any request takes. sum-endpoint-samples.sql knows it, too. */
const BUCKETS_BELOW_ONE = 3 * BUCKETS_PER_DOUBLING;
/** Of values up to 2^32; larger ones count there, too. In milliseconds that is 49 days. */
const LAST_BUCKET = BUCKETS_BELOW_ONE + 32 * BUCKETS_PER_DOUBLING;

/**
 * The bucket of a value. Bucket 0 has the values up to 1/8, bucket n those up to 2^(n/8) / 8. Histograms of the same quantity
 * are merged by adding their buckets, whichever process has counted them.
 */
export function bucketOf(value: number): number {
  return value <= 1 / 8 ? 0 : Math.min(Math.ceil(Math.log2(value) * BUCKETS_PER_DOUBLING) + BUCKETS_BELOW_ONE, LAST_BUCKET);
}

/** The median and two more; undefined without values. */
export function percentilesOf(buckets: readonly number[]): { readonly p50: number; readonly p95: number; readonly p99: number } | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantileOf(buckets, share));
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}

/**
 * The value below which this share of all values is; undefined if there are none.
 * @param buckets the number of values in each bucket, from bucket 0 on
 * @param share in (0, 1], such as 0.99
 */
export function quantileOf(buckets: readonly number[], share: number): number | undefined {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of buckets.entries()) {
    below += count;
    if (count > 0 && below >= total * share) return bucket === 0 ? 1 / 8 : 2 ** ((bucket - BUCKETS_BELOW_ONE - 0.5) / BUCKETS_PER_DOUBLING);
  }
  return undefined;
}
