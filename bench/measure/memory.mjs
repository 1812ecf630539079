import { readFileSync } from 'node:fs';
import { readProcesses, treeOf } from './process-tree.mjs';

const INTERVAL_MS = 1_000;
const KIB_PER_MIB = 1_024;

/**
 * Looks each second how much memory each process, with all below it, has resident; Linux only, else nothing.
 * @param {() => Record<string, number>} pids asked each time: processes come and go
 * @returns {() => Record<string, number>} ends it; the highest of each, in MiB
 */
export function watchMemory(pids) {
  const highest = {};
  const look = () => {
    const processes = readProcesses();
    for (const [name, pid] of Object.entries(pids())) {
      const mib = Math.round(residentKib(treeOf(pid, processes).map(readStatus)) / KIB_PER_MIB);
      if (mib > 0) highest[name] = Math.max(highest[name] ?? 0, mib);
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  look();
  return () => {
    clearInterval(timer);
    look();
    return highest;
  };
}

/**
 * What these processes of one program have resident together: what is their own, added up; what they share (Postgres'
 * buffers, the program's file) once, as much of it as the one that has most.
 * @param {{ own: number, file: number, shared: number }[]} statuses in KiB
 */
export function residentKib(statuses) {
  const most = (name) => Math.max(0, ...statuses.map((status) => status[name]));
  return statuses.reduce((sum, { own }) => sum + own, 0) + most('file') + most('shared');
}

function readStatus(pid) {
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // It ended while we looked.
    return { own: 0, file: 0, shared: 0 };
  }
}

/** @param {string} text of /proc/<pid>/status: proc_pid_status(5) */
export function parseStatus(text) {
  const kib = (name) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return { own: kib('RssAnon'), file: kib('RssFile'), shared: kib('RssShmem') };
}
