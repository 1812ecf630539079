const firstMs = 250;
const longestMs = 10_000;
// A process that ran this long had started successfully, so the delay begins again at 250 ms.
const healthyMs = 30_000;

/** The delay before a restart: 250 ms, doubling to 10 s. */
export class Backoff {
  private nextMs = firstMs;

  delayAfter(uptimeMs: number): number {
    if (uptimeMs >= healthyMs) this.nextMs = firstMs;
    const delayMs = this.nextMs;
    this.nextMs = Math.min(delayMs * 2, longestMs);
    return delayMs;
  }
}
