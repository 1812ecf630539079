// `npm run chaos -- --events N --faults N --seed N|--seeds a..b [--mutant NAME] [--report FILE]`: see apps/chaos/src/main.ts.
import { checkNode } from './check-node.mjs';

// 2: it could not check; 1 would say that something is wrong.
checkNode(2);
try {
  await (await import('./build-if-stale.mjs')).buildIfStale();
  await import('../dist/apps/chaos/src/main.js');
} catch (error) {
  console.error(`chaos: could not run: ${error.message}`);
  process.exitCode = 2;
}
