import { shardOf } from '#domain/shard';
import type { Arrival, FaultKind, FaultRecord, PostedEvent } from './history.js';
import { acceptanceOf } from './lanes.js';

export interface Recovery {
  readonly fault: FaultRecord;
  /** From the fault's end until each shard had an arrival again; from a process' kill to the end of the longest silence that followed. Infinity: never. */
  readonly recoveredMs: number;
  /** The longest that any shard went without an arrival, from the fault's beginning until the first one after its end. */
  readonly longestGapMs: number;
}

/** From a dispatcher's kill -9 until its lanes move again, with the default lease: its end, and a taker's start. */
const TAKEOVER_LIMIT_MS = 15_000;
/** From the return of Postgres or Kafka. */
const RETURN_LIMIT_MS = 10_000;
const SERVER_FAULTS: readonly FaultKind[] = ['kill-postgres', 'restart-postgres', 'kill-kafka', 'restart-kafka'];

/** How long deliveries took to come back after each of the faults. */
export function recoveriesOf(faults: readonly FaultRecord[], arrivals: readonly Arrival[], shards: number): Recovery[] {
  const times = arrivalTimes(arrivals, shards);
  return faults.map((fault) => {
    const { fromMs, untilMs } = fault;
    const gaps = times.map((own) => longestGap(own, fromMs, own.find((atMs) => atMs > untilMs) ?? Infinity));
    const longestGapMs = Math.max(...gaps.map(({ lengthMs }) => lengthMs));
    // After a kill some requests are still on their way: what counts is the end of the silence that follows.
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
 * Shards that stood still for longer than is promised after a dispatcher's kill -9, or after Postgres or Kafka was back.
 * A shard stands still while nothing of it arrives although something waits that had been accepted: a machine that is
 * slow at accepting, and an event that is slow behind others, are not its fault. Nor is what the next fault
 * makes of it: that one comes when this one is over, or long after what is promised. What never arrives is the checker's.
 */
export function slowRecoveries(faults: readonly FaultRecord[], events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): string[] {
  const times = arrivalTimes(arrivals, shards);
  const waits = waitsOf(events, arrivals, shards).map((own) => own.filter(({ arrivedAtMs }) => arrivedAtMs < Infinity));
  return faults.flatMap((fault) => {
    const promise = promiseAfter(fault);
    if (promise === undefined) return [];
    const { fromMs, limitMs } = promise;
    const nextMs = Math.min(...faults.map((other) => other.fromMs).filter((ms) => ms > fault.fromMs));
    return times.flatMap((own, shard) => {
      const stoodMs = standstill(own, waits[shard] ?? [], { fromMs, untilMs: fromMs + limitMs, nextMs });
      return stoodMs > limitMs ? [`shard ${shard} stood still for ${seconds(stoodMs)} after ${fault.kind} ${fault.target}, with events waiting; ${seconds(limitMs)} are promised`] : [];
    });
  });
}

function promiseAfter({ kind, target, fromMs, untilMs }: FaultRecord): { fromMs: number; limitMs: number } | undefined {
  if (kind === 'kill' && target.startsWith('dispatcher')) return { fromMs, limitMs: TAKEOVER_LIMIT_MS };
  return SERVER_FAULTS.includes(kind) ? { fromMs: untilMs, limitMs: RETURN_LIMIT_MS } : undefined;
}

/** The longest silence among those that were there at some moment from `fromMs` to `untilMs`, as far as something waited then, until `nextMs`. */
function standstill(times: readonly number[], waits: readonly Wait[], { fromMs, untilMs, nextMs }: { fromMs: number; untilMs: number; nextMs: number }): number {
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
 * Shards that stood still for as long as one process was cut off, while others could have taken them: of what was
 * accepted in the first tenth of that time, most had not arrived by its end.
 */
export function stuckWhileIsolated(faults: readonly FaultRecord[], events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): string[] {
  const waits = waitsOf(events, arrivals, shards);
  return faults.filter(({ kind }) => kind.startsWith('isolate-')).flatMap(({ target, fromMs, untilMs }) =>
    waits.flatMap((own, shard) => {
      const early = own.filter(({ acceptedAtMs }) => acceptedAtMs >= fromMs && acceptedAtMs <= fromMs + (untilMs - fromMs) / 10);
      const late = early.filter(({ arrivedAtMs }) => arrivedAtMs > untilMs);
      return late.length * 2 > early.length
        ? [`shard ${shard} stood still while ${target} was cut for ${seconds(untilMs - fromMs)}: of the ${early.length} events accepted at its beginning ${late.length} had not arrived by its end`]
        : [];
    }),
  );
}

interface Wait {
  readonly acceptedAtMs: number;
  /** First, at any endpoint; Infinity: never. */
  readonly arrivedAtMs: number;
}

/** By shard: the accepted events' waits. */
function waitsOf(events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): Wait[][] {
  const firstMs = new Map<string, number>();
  for (const { eventId, arrivedAtMs } of arrivals) if (!firstMs.has(eventId)) firstMs.set(eventId, arrivedAtMs);
  const waits = Array.from({ length: shards }, (): Wait[] => []);
  for (const event of events) {
    const acceptance = acceptanceOf(event);
    if (acceptance === undefined) continue;
    waits[shardOf('default', event.entity, shards)]?.push({ acceptedAtMs: acceptance.answeredAtMs, arrivedAtMs: firstMs.get(acceptance.eventId) ?? Infinity });
  }
  return waits;
}

/** By shard: when something arrived. */
function arrivalTimes(arrivals: readonly Arrival[], shards: number): number[][] {
  const times = Array.from({ length: shards }, (): number[] => []);
  for (const { entity, arrivedAtMs } of arrivals) times[shardOf('default', entity, shards)]?.push(arrivedAtMs);
  return times;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
