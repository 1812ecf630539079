import { readFileSync } from 'node:fs';
import { readProcesses, treeOf } from './process-tree.mjs';

const INTERVAL_MS = 1_000;
const KIB_PER_MIB = 1_024;

/**
 * Samples each process's resident memory every second, its descendants included. Linux only; elsewhere it finds none.
 * @param {() => Record<string, number>} pids called for each sample, because processes start and exit
 * @returns {() => Record<string, number>} stops the sampling and returns each process's peak in MiB
 */
export function watchMemory(pids) {
  const peaks = {};
  const sample = () => {
    const processes = readProcesses();
    for (const [name, pid] of Object.entries(pids())) {
      const mib = Math.round(residentKib(treeOf(pid, processes).map(readStatus)) / KIB_PER_MIB);
      if (mib > 0) peaks[name] = Math.max(peaks[name] ?? 0, mib);
    }
  };
  const timer = setInterval(sample, INTERVAL_MS);
  sample();
  return () => {
    clearInterval(timer);
    sample();
    return peaks;
  };
}

/**
 * The resident memory of one program's processes together. Private memory is added up. Shared memory (Postgres' buffers,
 * the program file) counts once, as the process with the largest share reports it.
 * @param {{ own: number, file: number, shared: number }[]} statuses in KiB
 */
export function residentKib(statuses) {
  const largest = (name) => Math.max(0, ...statuses.map((status) => status[name]));
  return statuses.reduce((sum, { own }) => sum + own, 0) + largest('file') + largest('shared');
}

function readStatus(pid) {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // The process exited in between.
    return { own: 0, file: 0, shared: 0 };
  }
}

/** @param {string} text of /proc/<pid>/status: proc_pid_status(5) */
export function parseStatus(text) {
  const kib = (name) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { own: kib('RssAnon'), file: kib('RssFile'), shared: kib('RssShmem') };
}
