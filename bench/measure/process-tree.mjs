import { readdirSync, readFileSync } from 'node:fs';

/**
 * The machine's processes by their id. Linux only; elsewhere there are none.
 * @returns {Map<number, { parent: number, ticks: number }>} ticks: CPU ticks, including those of children that have exited
 */
export function readProcesses() {
  const processes = new Map();
  if (process.platform !== 'linux') return processes;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command name in parentheses may contain spaces, so fields count from its end: proc_pid_stat(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
      processes.set(Number(name), { parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] });
    } catch {
      // The process exited in between.
    }
  }
  return processes;
}

/** The process and its descendants. @returns {number[]} ids */
export function treeOf(pid, processes) {
  const children = [...processes].filter(([, { parent }]) => parent === pid).map(([child]) => child);
  return [...(processes.has(pid) ? [pid] : []), ...children.flatMap((child) => treeOf(child, processes))];
}
