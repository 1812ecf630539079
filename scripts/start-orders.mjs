// `npm run start:orders`
import { supervise } from './supervise.mjs';

await supervise('orders-main');
