// `npm run verify [-- --json --kafka --older-than 10m]`: see libs/manage/ledger/verify.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkNode } from './check-node.mjs';

// Exit code 2: could not check. Exit code 1 would mean an imbalance.
checkNode(2);
try {
  // The image contains dist, but neither sources nor a compiler.
  if (existsSync(path.join(import.meta.dirname, '..', 'libs', 'manage', 'ledger', 'verify.ts'))) {
    await (await import('./build-if-stale.mjs')).buildIfStale();
  }
  await import('../dist/libs/manage/ledger/verify.js');
} catch (error) {
  console.error(`verify: could not check: ${error.message}`);
  process.exitCode = 2;
}
