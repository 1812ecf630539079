// `npm run start:proxy`, `npm run demo:proxy` (--demo)
import { supervise } from './supervise.mjs';

if (process.argv.includes('--demo')) process.env.DEMO_PROXY = 'on';
await supervise('proxy-main');
