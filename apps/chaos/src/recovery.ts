import { shardOf } from '#domain/shard';
import type { Arrival, FaultKind, FaultRecord } from './history.js';

export interface Recovery {
  readonly fault: FaultRecord;
  /** From the fault's end, or from the kill, until each shard had an arrival again: the longest over the shards. */
  readonly recoveredMs: number;
  /** The longest that any shard went without an arrival, from the fault's beginning until all had recovered. */
  readonly longestGapMs: number;
  readonly slowestShard: number;
}

const FROM_THE_BEGINNING: readonly FaultKind[] = ['kill', 'kill-postgres', 'kill-kafka'];
/** An isolated process's shards must be another's by then: a session, or two leases, and the taker's start. */
const ISOLATED_LIMIT_MS = 25_000;

/** How long deliveries took to come back after each of the faults. */
export function recoveriesOf(faults: readonly FaultRecord[], arrivals: readonly Arrival[], shards: number): Recovery[] {
  const times = Array.from({ length: shards }, (): number[] => []);
  for (const { entity, arrivedAtMs } of arrivals) times[shardOf('default', entity, shards)]?.push(arrivedAtMs);
  return faults.map((fault) => {
    const sinceMs = FROM_THE_BEGINNING.includes(fault.kind) ? fault.fromMs : fault.untilMs;
    const recoveries = times.map((own) => (own.find((atMs) => atMs > sinceMs) ?? Infinity) - sinceMs);
    const recoveredMs = Math.max(...recoveries);
    const gaps = times.map((own) => longestGap(own, fault.fromMs, Math.max(sinceMs + recoveredMs, fault.untilMs)));
    return { fault, recoveredMs, longestGapMs: Math.max(...gaps), slowestShard: gaps.indexOf(Math.max(...gaps)) };
  });
}

function longestGap(times: readonly number[], fromMs: number, untilMs: number): number {
  const within = times.filter((atMs) => atMs > fromMs && atMs < untilMs);
  return Math.max(...[...within, untilMs].map((atMs, i) => atMs - (within[i - 1] ?? fromMs)));
}

/** Shards that stood still for as long as one process was cut off, while others could have taken them. */
export function stuckWhileIsolated(recoveries: readonly Recovery[]): string[] {
  return recoveries
    .filter(({ fault, longestGapMs }) => fault.kind.startsWith('isolate-') && longestGapMs > ISOLATED_LIMIT_MS)
    .map(({ fault, longestGapMs, slowestShard }) => `shard ${slowestShard} stood still for ${(longestGapMs / 1_000).toFixed(1)} s while ${fault.target} was cut, which lasted ${((fault.untilMs - fault.fromMs) / 1_000).toFixed(1)} s`);
}
