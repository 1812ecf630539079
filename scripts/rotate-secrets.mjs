// `npm run rotate-secrets [-- --check]`: see libs/upkeep/secrets/rotate-secrets.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkNode } from './check-node.mjs';

// Exit code 2: could not run. Exit code 1 would mean that something needs a former key.
checkNode(2);
try {
  // The image contains dist, but neither sources nor a compiler.
  if (existsSync(path.join(import.meta.dirname, '..', 'libs', 'upkeep', 'secrets', 'rotate-secrets.ts'))) {
    await (await import('./build-if-stale.mjs')).buildIfStale();
  }
  await import('../dist/libs/upkeep/secrets/rotate-secrets.js');
} catch (error) {
  console.error(`rotate-secrets: could not run: ${error.message}`);
  process.exitCode = 2;
}
