import { isExcused, MAY_COME_TOGETHER } from './fault-windows.js';
import type { Arrival, FaultRecord, History, RateLimit } from './history.js';

/**
 * From the moment in which a request is written, and uses its token, to its arrival by the receiver's clock: what was written in
 * this time may arrive together. Proxy and receiver read when their event loops come to it.
 */
const TRANSIT_MS = 1_000;

/**
 * In any window of t seconds, at most `burst + perSecond × (t + TRANSIT_MS)` requests arrive at an endpoint with a rate limit,
 * repeats included. Windows that overlap a fault after which requests may come together do not count.
 */
export function* rateLimitsHold({ endpoints, arrivals, faults }: History): Iterable<string> {
  const byEndpoint = Map.groupBy(arrivals, ({ endpoint }) => endpoint);
  for (const { id, rateLimit } of endpoints) {
    if (rateLimit === undefined) continue;
    for (const { fromMs, untilMs, count } of excessesIn(byEndpoint.get(id) ?? [], rateLimit, faults)) {
      yield `${count} requests arrived at ${id} from ${fromMs.toFixed(0)} to ${untilMs.toFixed(0)} ms, although it gets ${rateLimit.burst} and ${rateLimit.perSecond} a second`;
    }
  }
}

interface Excess {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly count: number;
}

/**
 * Windows with more arrivals than they may have, in one pass. There is none if a bucket of `burst + perSecond × TRANSIT_MS` tokens
 * never runs out, which is full at first and after each fault, and gives one to each arrival.
 */
function* excessesIn(arrivals: readonly Arrival[], { perSecond, burst }: RateLimit, faults: readonly FaultRecord[]): Iterable<Excess> {
  const size = burst + (perSecond * TRANSIT_MS) / 1_000;
  let tokens = size;
  let lastMs = -Infinity;
  let window = { fromMs: 0, count: 0 };
  for (const { arrivedAtMs } of arrivals) {
    const isDisturbed = isExcused(faults, MAY_COME_TOGETHER, lastMs, arrivedAtMs);
    tokens = isDisturbed ? size : Math.min(size, tokens + (perSecond * (arrivedAtMs - lastMs)) / 1_000);
    lastMs = arrivedAtMs;
    if (tokens === size) window = { fromMs: arrivedAtMs, count: 0 };
    window.count += 1;
    tokens -= 1;
    if (tokens >= 0) continue;
    yield { fromMs: window.fromMs, untilMs: arrivedAtMs, count: window.count };
    tokens = size;
  }
}
