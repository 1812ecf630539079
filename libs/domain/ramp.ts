/** So many failures in a row mean that the endpoint fails, not single events. */
const FAILURES_IN_A_ROW = 10;
/** A failing endpoint still gets so many requests at once, so that its recovery is noticed. */
const MIN_LIMIT = 4;

/**
 * How many requests an endpoint gets at once. The limit is halved for every ten failures in a row. Each success then adds
 * one, which doubles the limit every round trip (slow start, RFC 5681, 3.1). An endpoint that recovers while thousands
 * of lanes wait is therefore not overwhelmed.
 */
export class Ramp {
  private failures = 0;
  /** Undefined while only the endpoint's own limit applies. */
  private bound: number | undefined;

  limit(most: number): number {
    return this.bound === undefined ? most : Math.min(this.bound, most);
  }

  succeeded(most: number): void {
    this.failures = 0;
    if (this.bound === undefined) return;
    this.bound += 1;
    if (this.bound >= most) this.bound = undefined;
  }

  failed(most: number): void {
    this.failures += 1;
    if (this.failures < FAILURES_IN_A_ROW) return;
    this.failures = 0;
    this.bound = Math.max(Math.min(MIN_LIMIT, most), Math.floor(this.limit(most) / 2));
  }
}
