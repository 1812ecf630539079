/** So many failures in a row say that the endpoint is in trouble, and not an event. */
const TROUBLE = 10;
/** What an endpoint in trouble still gets, so that its recovery is noticed. */
const FLOOR = 4;

/**
 * How many requests an endpoint gets at once. While nothing but failures comes back it is halved again and again; each
 * success then adds one, which doubles it every round trip: an endpoint that comes back with thousands of lanes waiting
 * is not knocked over by all of them at once (TCP's slow start, RFC 5681, 3.1).
 */
export class Ramp {
  private failures = 0;
  /** Undefined: no bound but the endpoint's own. */
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
    if (this.failures < TROUBLE) return;
    this.failures = 0;
    this.bound = Math.max(Math.min(FLOOR, most), Math.floor(this.limit(most) / 2));
  }
}
