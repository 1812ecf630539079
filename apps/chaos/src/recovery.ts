import { shardOf } from '#domain/shard';
import type { Arrival, FaultKind, FaultRecord, PostedEvent } from './history.js';

export interface Recovery {
  readonly fault: FaultRecord;
  /** From the fault's end, or from the kill, until each shard had an arrival again: the longest over the shards. Infinity: never. */
  readonly recoveredMs: number;
  /** The longest that any shard went without an arrival, from the fault's beginning until the first one after its end. */
  readonly longestGapMs: number;
}

const FROM_THE_BEGINNING: readonly FaultKind[] = ['kill', 'kill-postgres', 'kill-kafka'];

/** How long deliveries took to come back after each of the faults. */
export function recoveriesOf(faults: readonly FaultRecord[], arrivals: readonly Arrival[], shards: number): Recovery[] {
  const times = Array.from({ length: shards }, (): number[] => []);
  for (const { entity, arrivedAtMs } of arrivals) times[shardOf('default', entity, shards)]?.push(arrivedAtMs);
  return faults.map((fault) => {
    const { fromMs, untilMs } = fault;
    const gaps = times.map((own) => longestGap(own, fromMs, own.find((atMs) => atMs > untilMs) ?? Infinity));
    // After a kill some requests are still on their way: what counts is the end of the silence that follows.
    const backMs = FROM_THE_BEGINNING.includes(fault.kind)
      ? gaps.map(({ endMs }) => endMs - fromMs)
      : times.map((own) => (own.find((atMs) => atMs > untilMs) ?? Infinity) - untilMs);
    return { fault, recoveredMs: Math.max(...backMs), longestGapMs: Math.max(...gaps.map(({ lengthMs }) => lengthMs)) };
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
 * Shards that stood still for as long as one process was cut off, while others could have taken them: of what was
 * accepted in the first tenth of that time nothing had arrived by its end.
 */
export function stuckWhileIsolated(faults: readonly FaultRecord[], events: readonly PostedEvent[], arrivals: readonly Arrival[], shards: number): string[] {
  const firstMs = new Map<string, number>();
  for (const { eventId, arrivedAtMs } of arrivals) if (!firstMs.has(eventId)) firstMs.set(eventId, arrivedAtMs);
  return faults.filter(({ kind }) => kind.startsWith('isolate-')).flatMap(({ target, fromMs, untilMs }) => {
    const waited = Array.from({ length: shards }, (): number[] => []);
    for (const { entity, tries } of events) {
      const last = tries.at(-1);
      if (last?.answer.kind !== 'accepted' || last.answeredAtMs < fromMs || last.answeredAtMs > fromMs + (untilMs - fromMs) / 10) continue;
      waited[shardOf('default', entity, shards)]?.push((firstMs.get(last.answer.eventId) ?? Infinity) - fromMs);
    }
    return waited.flatMap((own, shard) =>
      own.length > 0 && own.every((ms) => ms > untilMs - fromMs)
        ? [`shard ${shard} stood still while ${target} was cut for ${seconds(untilMs - fromMs)}: none of the ${own.length} events accepted at its beginning arrived before its end`]
        : [],
    );
  });
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
