/**
 * npm run test-concurrent: sends 50 concurrent requests with one idempotency key to a running orders app (ORDERS_URL,
 * default http://127.0.0.1:8082; npm run start:orders starts it). Exit code 1 unless they place exactly one order.
 */
import { randomUUID } from 'node:crypto';
import { check, finish, newOrder, ORDERS_URL, placeOrder, readOrder } from './orders-client.mjs';

const REQUESTS = 50;

console.log(`Orders at ${ORDERS_URL}`);
const key = randomUUID();
const body = newOrder();

const answers = await Promise.all(Array.from({ length: REQUESTS }, () => placeOrder(key, body)));
const placed = answers.filter(({ status }) => status === 201);
const inProgress = answers.filter(({ status, code }) => status === 409 && code === 'request_in_progress');
console.log(`${REQUESTS} concurrent requests: ${placed.length} got 201, ${inProgress.length} got 409`);
check('every answer is 201, or 409 request_in_progress with Retry-After', placed.length + inProgress.length === REQUESTS && inProgress.every(({ retryAfter }) => Number(retryAfter) >= 1));
check('exactly one 201 is not a replay', placed.filter(({ replayed }) => replayed === null).length === 1);
check('all 201 answers have the same body', placed.length > 0 && new Set(placed.map(({ text }) => text)).size === 1);

const late = await placeOrder(key, body);
check('a later request gets the same answer, as a replay', late.status === 201 && late.replayed === 'true' && late.text === placed[0]?.text);

const found = await readOrder(late.id);
check(`the order exists: ${late.id}, ${found.status}`, found.userId === body.userId && found.amount === body.amount);

finish();
