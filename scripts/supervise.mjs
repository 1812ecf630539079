import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

/** Builds if needed, then runs the supervisor with this name in the same process, so that npm's signals reach it. */
export async function supervise(main) {
  checkNode();
  const parent = process.ppid;
  try {
    await buildIfStale();
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  // npm was killed during the build, so nothing would stop the processes.
  if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) process.exit(1);
  process.setSourceMapsEnabled(true);
  await import(`../dist/apps/stack/src/${main}.js`);
}
