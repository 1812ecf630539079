import { shardOf } from '#domain/shard';
import { counts, MAY_OPEN_BREAKERS } from './fault-windows.js';
import type { Arrival, FaultKind, FaultRecord, PostedEvent } from './history.js';
import { acceptanceOf } from './lanes.js';

export interface Recovery {
  readonly fault: FaultRecord;
  /** From the fault's end until each shard has an arrival; for a kill, from the kill to the end of the longest silence. May be Infinity. */
  readonly recoveredMs: number;
  /** The longest time of any shard without an arrival, between the fault's start and the first arrival after its end. */
  readonly longestGapMs: number;
}

/** From a dispatcher's kill -9 to the first delivery of its shards' next owner, with the default lease of 10 s. */
const TAKEOVER_LIMIT_MS = 15_000;
/** From the return of Postgres or Kafka to the first delivery. */
const RETURN_LIMIT_MS = 10_000;
/** From a breaker's probe to a delivery on each shard: the dispatchers learn of it, and each begins with one request at a time. */
const AFTER_PROBE_MS = 5_000;
/** The first wait of a breaker for its probe. Each further one is twice as long. */
const FIRST_PROBE_WAIT_MS = 1_000;
/** The longest wait, and what a wait may last longer. */
const MAX_PROBE_WAIT_MS = 50_000;
const PROBE_JITTER = 0.2;
/** From the return of a receiver to the first delivery, whatever its breakers had counted before. */
export const MAX_RECEIVER_RETURN_MS = MAX_PROBE_WAIT_MS * (1 + PROBE_JITTER) + AFTER_PROBE_MS;
const SERVER_FAULTS: readonly FaultKind[] = ['kill-postgres', 'restart-postgres', 'kill-kafka', 'restart-kafka'];

export function recoveriesOf(faults: readonly FaultRecord[], arrivals: readonly Arrival[], shards: number): Recovery[] {
  const times = arrivalTimes(arrivals, shards);
  return faults.map((fault) => {
    const { fromMs, untilMs } = fault;
    const gaps = times.map((own) => longestGap(own, fromMs, own.find((atMs) => atMs > untilMs) ?? Infinity));
    const longestGapMs = Math.max(...gaps.map(({ lengthMs }) => lengthMs));
    // After a kill some requests still arrive, so the end of the longest silence counts.
    const backMs = fault.kind === 'kill'
      ? gaps.filter(({ lengthMs }) => lengthMs === longestGapMs).map(({ endMs }) => endMs - fromMs)
      : times.map((own) => (own.find((atMs) => atMs > untilMs) ?? Infinity) - untilMs);
    return { fault, recoveredMs: Math.max(...backMs), longestGapMs };
  });
}

function longestGap(times: readonly number[], fromMs: number, toMs: number): { lengthMs: number; endMs: number } {
  let longest = { lengthMs: 0, endMs: fromMs };
  let lastMs = fromMs;
  for (const endMs of [...times.filter((atMs) => atMs > fromMs && atMs < toMs), toMs]) {
    if (endMs - lastMs > longest.lengthMs) longest = { lengthMs: endMs - lastMs, endMs };
    lastMs = endMs;
  }
  return longest;
}

/**
 * Shards that are silent for longer than promised after a dispatcher's kill -9, or after Postgres, Kafka or the receiver returned.
 * A shard is silent while none of its events arrives although an accepted one waits. The time ends when the next fault
 * starts. Events that never arrive do not count; the checker reports them.
 */
export function slowRecoveries(faults: readonly FaultRecord[], events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): string[] {
  const times = arrivalTimes(arrivals, shards);
  const waits = waitsOf(events, arrivals, shards).map((own) => own.filter(({ arrivedAtMs }) => arrivedAtMs < Infinity));
  return faults.flatMap((fault) => {
    const promise = promiseAfter(fault, faults);
    if (promise === undefined) return [];
    const { fromMs, limitMs } = promise;
    const nextMs = Math.min(...faults.map((other) => other.fromMs).filter((ms) => ms > fault.fromMs));
    return times.flatMap((own, shard) => {
      const silentMs = longestSilence(own, waits[shard] ?? [], { fromMs, untilMs: fromMs + limitMs, nextMs });
      return silentMs > limitMs ? [`shard ${shard} was silent for ${seconds(silentMs)} after ${fault.kind} ${fault.target} while events were waiting; the limit is ${seconds(limitMs)}`] : [];
    });
  });
}

function promiseAfter(fault: FaultRecord, faults: readonly FaultRecord[]): { fromMs: number; limitMs: number } | undefined {
  const { kind, target, fromMs, untilMs } = fault;
  if (kind === 'kill' && target.startsWith('dispatcher')) return { fromMs, limitMs: TAKEOVER_LIMIT_MS };
  if (counts(MAY_OPEN_BREAKERS, fault)) return { fromMs: untilMs, limitMs: receiverReturnMs(fault, faults) };
  return SERVER_FAULTS.includes(kind) ? { fromMs: untilMs, limitMs: RETURN_LIMIT_MS } : undefined;
}

/**
 * From a receiver's return to the first delivery. An open breaker's waits double. So the last one, which began before the return,
 * is as long as those before it together and the first one: at most the time since the first failure that the breaker remembers.
 */
function receiverReturnMs(fault: FaultRecord, faults: readonly FaultRecord[]): number {
  const earlier = faults.filter((other) => counts(MAY_OPEN_BREAKERS, other) && other.fromMs < fault.fromMs).sort((a, b) => b.fromMs - a.fromMs);
  let sinceMs = fault.fromMs;
  for (const { fromMs, untilMs } of earlier) {
    if (sinceMs - untilMs > MAY_OPEN_BREAKERS.afterMs) break;
    sinceMs = fromMs;
  }
  return Math.min(MAX_RECEIVER_RETURN_MS, (fault.untilMs - sinceMs + FIRST_PROBE_WAIT_MS) * (1 + PROBE_JITTER) + AFTER_PROBE_MS);
}

/** The longest silence that starts between `fromMs` and `untilMs`; it counts while an event waits, and until `nextMs`. */
function longestSilence(times: readonly number[], waits: readonly Wait[], { fromMs, untilMs, nextMs }: { fromMs: number; untilMs: number; nextMs: number }): number {
  let longestMs = 0;
  let lastMs = fromMs;
  for (const atMs of times.filter((ms) => ms > fromMs)) {
    if (lastMs > untilMs) break;
    if (atMs - lastMs > longestMs) {
      const waitingSinceMs = Math.min(...waits.filter(({ arrivedAtMs }) => arrivedAtMs >= atMs).map(({ acceptedAtMs }) => acceptedAtMs));
      longestMs = Math.max(longestMs, Math.min(atMs, nextMs) - Math.max(lastMs, waitingSinceMs));
    }
    lastMs = atMs;
  }
  return longestMs;
}

/**
 * Shards that no other process took over while one was isolated: most events accepted in the first tenth of that time
 * had not arrived by its end.
 */
export function stuckWhileIsolated(faults: readonly FaultRecord[], events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): string[] {
  const waits = waitsOf(events, arrivals, shards);
  return faults.filter(({ kind }) => kind.startsWith('isolate-')).flatMap(({ target, fromMs, untilMs }) =>
    waits.flatMap((own, shard) => {
      const early = own.filter(({ acceptedAtMs }) => acceptedAtMs >= fromMs && acceptedAtMs <= fromMs + (untilMs - fromMs) / 10);
      const late = early.filter(({ arrivedAtMs }) => arrivedAtMs > untilMs);
      return late.length * 2 > early.length
        ? [`shard ${shard} was stuck while ${target} was isolated for ${seconds(untilMs - fromMs)}: ${late.length} of the ${early.length} events accepted in its first tenth had not arrived by its end`]
        : [];
    }),
  );
}

interface Wait {
  readonly acceptedAtMs: number;
  /** First arrival at any endpoint; Infinity if there is none. */
  readonly arrivedAtMs: number;
}

/** By shard: the waits of accepted events. A record waits in its own topic until a gateway reads it, so it does not count. */
function waitsOf(events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): Wait[][] {
  const firstMs = new Map<string, number>();
  for (const { eventId, arrivedAtMs } of arrivals) if (!firstMs.has(eventId)) firstMs.set(eventId, arrivedAtMs);
  const waits = Array.from({ length: shards }, (): Wait[] => []);
  for (const event of events) {
    const acceptance = acceptanceOf(event);
    if (acceptance === undefined || event.origin === 'topic') continue;
    waits[shardOf('default', event.entity, shards)]?.push({ acceptedAtMs: acceptance.answeredAtMs, arrivedAtMs: firstMs.get(acceptance.eventId) ?? Infinity });
  }
  return waits;
}

/** By shard: the times of all arrivals. */
function arrivalTimes(arrivals: readonly Arrival[], shards: number): number[][] {
  const times = Array.from({ length: shards }, (): number[] => []);
  for (const { entity, arrivedAtMs } of arrivals) times[shardOf('default', entity, shards)]?.push(arrivedAtMs);
  return times;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
