// `npm start`: builds what is not built, then becomes the supervisor: one process, so that npm's signals reach it.
import { prepareStart } from './prepare-start.mjs';

await prepareStart();
await import('../dist/apps/stack/src/main.js');
