// What test-idempotency.mjs and test-concurrent.mjs share.
import { randomUUID } from 'node:crypto';
import { checkNode } from './check-node.mjs';

checkNode();

export const ORDERS_URL = process.env.ORDERS_URL || 'http://127.0.0.1:8082';

/** An order of somebody new, in cents. */
export function order() {
  return { userId: `user-${randomUUID()}`, amount: 4_200 };
}

/** Posts an order, without a key where that is undefined. */
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

/** Says what was looked at, and whether it was so. */
export function check(what, holds) {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) process.exitCode = 1;
}

export function finish() {
  console.log(process.exitCode === 1 ? 'Something is not as it should be.' : 'All as it should be.');
}

async function request(path, options) {
  try {
    return await fetch(`${ORDERS_URL}${path}`, options);
  } catch (error) {
    console.error(`There is no orders app at ${ORDERS_URL} (${error.cause?.message ?? error.message}): start it by npm run start:orders, or set ORDERS_URL`);
    process.exit(1);
  }
}
