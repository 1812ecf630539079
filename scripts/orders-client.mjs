// Used by test-idempotency.mjs and test-concurrent.mjs.
import { randomUUID } from 'node:crypto';
import { checkNode } from './check-node.mjs';

checkNode();

export const ORDERS_URL = process.env.ORDERS_URL || 'http://127.0.0.1:8082';

/** An order of a new user; the amount is in cents. */
export function newOrder() {
  return { userId: `user-${randomUUID()}`, amount: 4_200 };
}

/** Posts an order. `key` may be undefined. */
export async function placeOrder(key, body) {
  const response = await request('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const { id, code } = JSON.parse(text);
  const header = (name) => response.headers.get(name);
  return { status: response.status, text, id, code, location: header('location'), type: header('content-type'), replayed: header('idempotent-replayed'), retryAfter: header('retry-after') };
}

export async function readOrder(id) {
  return (await request(`/orders/${id}`)).json();
}

/** Prints the result of a check. */
export function check(description, passed) {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${description}`);
  if (!passed) process.exitCode = 1;
}

export function finish() {
  console.log(process.exitCode === 1 ? 'Some checks failed.' : 'All checks passed.');
}

async function request(path, options) {
  try {
    return await fetch(`${ORDERS_URL}${path}`, options);
  } catch (error) {
    console.error(`No orders app answers at ${ORDERS_URL} (${error.cause?.message ?? error.message}): start it with npm run start:orders, or set ORDERS_URL`);
    process.exit(1);
  }
}
