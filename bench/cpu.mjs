import { readdirSync, readFileSync } from 'node:fs';

// The kernel's USER_HZ, which is 100 on every platform that Node runs on.
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds that each process and all below it have used so far, those that ended included; Linux only, else empty.
 * @param {Record<string, number>} pids
 * @returns {Record<string, number>}
 */
export function cpuSeconds(pids) {
  if (process.platform !== 'linux') return {};
  const processes = readProcesses();
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, treeTicks(pid, processes) / TICKS_PER_SECOND]));
}

/** What each used between two readings, for 1,000 events. */
export function cpuPerThousand(before, after, events) {
  return Object.fromEntries(Object.keys(after).map((name) => [name, Math.round(((after[name] - before[name]) / events) * 1e6) / 1e3]));
}

function readProcesses() {
  const processes = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command's name, in parentheses, may hold spaces: count from its end. Fields: proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
      processes.set(Number(name), { parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] });
    } catch {
      // It ended while we looked.
    }
  }
  return processes;
}

function treeTicks(pid, processes) {
  let ticks = processes.get(pid)?.ticks ?? 0;
  for (const [child, { parent }] of processes) {
    if (parent === pid) ticks += treeTicks(child, processes);
  }
  return ticks;
}
