// `npm run verify [-- --json --kafka --older-than 10m]`: see libs/manage/ledger/verify.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkNode } from './check-node.mjs';

// 2: it could not check; 1 would say that something is wrong.
checkNode(2);
try {
  // The image has no sources, no compiler and no need of one.
  if (existsSync(path.join(import.meta.dirname, '..', 'libs', 'manage', 'ledger', 'verify.ts'))) {
    await (await import('./build-if-stale.mjs')).buildIfStale();
  }
  await import('../dist/libs/manage/ledger/verify.js');
} catch (error) {
  console.error(`verify: could not check: ${error.message}`);
  process.exitCode = 2;
}
