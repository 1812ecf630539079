// `npm start`
import { supervise } from './supervise.mjs';

await supervise('main');
