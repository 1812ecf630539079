import { readProcesses, treeOf } from './process-tree.mjs';
import { round } from './statistics.mjs';

/** The kernel's USER_HZ: 100 on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds that each process has used so far, its descendants included, even those that have exited. Linux only;
 * elsewhere 0.
 * @param {Record<string, number>} pids
 * @returns {Record<string, number>}
 */
export function cpuSeconds(pids) {
  const processes = readProcesses();
  const ticksOf = (pid) => treeOf(pid, processes).reduce((sum, id) => sum + processes.get(id).ticks, 0);
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, ticksOf(pid) / TICKS_PER_SECOND]));
}

/** CPU seconds between two readings per 1,000 events. A process that started in between counts from its start. */
export function cpuPerThousand(before, after, events) {
  return Object.fromEntries(Object.keys(after).map((name) => [name, round(((after[name] - (before[name] ?? 0)) / events) * 1_000)]));
}
