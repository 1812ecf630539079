import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';

const CACHE = path.join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

/** Creates a folder for one run, below node_modules: a folder for temporary files may be in memory, where fsync is free. */
export async function createWorkFolder() {
  await mkdir(CACHE, { recursive: true });
  return mkdtemp(path.join(CACHE, 'lockstep-bench-'));
}
