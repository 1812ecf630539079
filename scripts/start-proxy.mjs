// `npm run start:proxy`, `npm run demo:proxy` (--demo): builds what is not built, then becomes the supervisor, as start.mjs does.
import { prepareStart } from './prepare-start.mjs';

await prepareStart();
if (process.argv.includes('--demo')) process.env.DEMO_PROXY = 'on';
await import('../dist/apps/stack/src/proxy-main.js');
