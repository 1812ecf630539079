/**
 * npm run test-concurrent: 50 requests with one idempotency key, all at once, at a running orders app (ORDERS_URL, by
 * default http://127.0.0.1:8082; start it by npm run start:orders). Exit code 0, or 1 when there is not exactly one order.
 */
import { randomUUID } from 'node:crypto';
import { check, finish, order, ORDERS_URL, placeOrder, readOrder } from './orders-client.mjs';

const REQUESTS = 50;

console.log(`Orders at ${ORDERS_URL}`);
const key = randomUUID();
const body = order();

const answers = await Promise.all(Array.from({ length: REQUESTS }, () => placeOrder(key, body)));
const placed = answers.filter(({ status }) => status === 201);
const inProgress = answers.filter(({ status, code }) => status === 409 && code === 'request_in_progress');
console.log(`${REQUESTS} requests at once: ${placed.length} were answered 201, ${inProgress.length} 409`);
check('every answer is 201, or 409 request_in_progress with Retry-After', placed.length + inProgress.length === REQUESTS && inProgress.every(({ retryAfter }) => Number(retryAfter) >= 1));
check('one of them carried it out, the others are no replays of something else', placed.filter(({ replayed }) => replayed === null).length === 1);
check('everybody who got 201 got the same order, byte for byte', placed.length > 0 && new Set(placed.map(({ text }) => text)).size === 1);

const late = await placeOrder(key, body);
check('whoever comes later gets it too', late.status === 201 && late.replayed === 'true' && late.text === placed[0]?.text);

const found = await readOrder(late.id);
check(`it is there: ${late.id}, now ${found.status}`, found.userId === body.userId && found.amount === body.amount);

finish();
