// `npm run chaos`: see docs/chaos/README.md.
import { checkNode } from './check-node.mjs';

// Exit code 2: could not run. Exit code 1 would mean findings.
checkNode(2);
try {
  await (await import('./build-if-stale.mjs')).buildIfStale();
  await import('../dist/apps/chaos/src/main.js');
} catch (error) {
  console.error(`chaos: could not run: ${error.message}`);
  process.exitCode = 2;
}
