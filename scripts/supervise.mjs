import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

/** Builds what is not built, then becomes the supervisor of that name: one process, so that npm's signals reach it. */
export async function supervise(main) {
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
  await import(`../dist/apps/stack/src/${main}.js`);
}
