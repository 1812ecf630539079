const firstMs = 250;
const longestMs = 10_000;
// A life this long was not a failed start: the next death begins anew.
const healthyMs = 30_000;

/** How long to wait before what died is started again: 250 ms, doubling to 10 s. */
export class Backoff {
  private nextMs = firstMs;

  delayAfter(livedMs: number): number {
    if (livedMs >= healthyMs) this.nextMs = firstMs;
    const delayMs = this.nextMs;
    this.nextMs = Math.min(delayMs * 2, longestMs);
    return delayMs;
  }
}
