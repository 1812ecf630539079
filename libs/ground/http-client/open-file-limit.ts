import { readFileSync } from 'node:fs';

/** Where the limit can't be read. */
const UNKNOWN_LIMIT = 4_096;
/** The rest is for Postgres, Kafka, HTTP and files. */
const SHARE = 0.6;
const MOST_SOCKETS = 16_384;

/** Sockets that one process opens to receivers at most: 60 % of its open-file limit, and not more than 16,384. */
export function socketLimit(): number {
  return Math.min(MOST_SOCKETS, Math.floor(openFileLimit(readLimits()) * SHARE));
}

/** The soft limit of open files in the text of `/proc/<pid>/limits` (proc(5)). */
export function openFileLimit(limits: string | undefined): number {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '') ?? [];
  if (soft === undefined) return UNKNOWN_LIMIT;
  return soft === 'unlimited' ? Infinity : Number(soft);
}

/** Undefined: not on Linux. */
function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}
