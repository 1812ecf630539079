// `npm run start:proxy`, `npm run demo:proxy` (--demo): builds what is not built, then becomes the supervisor, as start.mjs does.
import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

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
if (process.argv.includes('--demo')) process.env.DEMO_PROXY = 'on';
process.setSourceMapsEnabled(true);
await import('../dist/apps/stack/src/proxy-main.js');
