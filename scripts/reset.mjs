// `npm run reset`: deletes the data folder, unless a stack runs on it.
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
