import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

/** What comes before a supervisor in its own process: a Node that will do, and a build. Exits when that can't be had. */
export async function prepareStart() {
  checkNode();
  const parent = process.ppid;
  try {
    await buildIfStale();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  // npm was killed meanwhile: nobody is left to stop what we would start.
  if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) process.exit(1);
  process.setSourceMapsEnabled(true);
}
