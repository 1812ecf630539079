// `npm run reset`: deletes the data folders, unless a stack uses one of them.
import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

checkNode();
try {
  await buildIfStale();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await import('../dist/apps/stack/src/reset.js');
