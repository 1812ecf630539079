/**
 * npm run test-idempotency: shows idempotency keys from a client's view, against a running orders app (ORDERS_URL,
 * default http://127.0.0.1:8082; npm run start:orders starts it). Exit code 1 if a check fails.
 */
import { randomUUID } from 'node:crypto';
import { check, finish, newOrder, ORDERS_URL, placeOrder } from './orders-client.mjs';

console.log(`Orders at ${ORDERS_URL}`);
const key = randomUUID();
const body = newOrder();

const first = await placeOrder(key, body);
check(`a new key places an order: 201, ${first.id ?? first.text}`, first.status === 201 && first.location === `/orders/${first.id}`);

const again = await placeOrder(key, body);
check('the same key again: the same 201 with the same body', again.status === 201 && again.text === first.text && again.location === first.location);
check('the second answer is marked as a replay: Idempotent-Replayed: true', first.replayed === null && again.replayed === 'true');

const other = await placeOrder(key, { ...body, amount: body.amount + 1 });
check('the same key with another body: 422 idempotency_key_reused', other.status === 422 && other.code === 'idempotency_key_reused');

const missing = await placeOrder(undefined, body);
check('no key: 400 idempotency_key_required, as application/problem+json', missing.status === 400 && missing.code === 'idempotency_key_required' && missing.type === 'application/problem+json');

const fresh = await placeOrder(randomUUID(), body);
check('another key with the same body: another order', fresh.status === 201 && fresh.id !== first.id);

finish();
