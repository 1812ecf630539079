import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mintId } from '#domain/ids';
import { waitUntil } from '#dev/testing/wait-until';
import { type Answered, newKey, post, Shop } from '../fixtures/shop.js';
import { eventsReceived } from './orders.metrics.js';

let shop: Shop;
let url: string;

beforeAll(async () => {
  shop = await Shop.open();
  url = await shop.start();
});

afterEach(async () => {
  await shop.pool.query('drop trigger if exists fails on shop.order_outbox; drop trigger if exists fails on shop.order_steps; drop trigger if exists fails on shop.payments');
});

afterAll(async () => {
  await shop.close();
});

const order = (amount = 4_200, userId = `user-${newKey()}`): { userId: string; amount: number } => ({ userId, amount });

/** Makes the next `times` changes of a table fail, like an error or a lost connection. */
async function breakTable(table: string, event: 'insert' | 'update', times: number, when = 'true'): Promise<void> {
  // A failed transaction does not roll a sequence back.
  await shop.pool.query(`
    create sequence if not exists failures;
    select setval('failures', 1, false);
    create or replace function fails() returns trigger language plpgsql as $$
      begin if nextval('failures') <= tg_argv[0]::int then raise exception 'out of luck' using errcode = 'admin_shutdown'; end if; return new; end $$;
    create trigger fails before ${event} on shop.${table} for each row when (${when}) execute function fails(${times})`);
}

const untilAllHaveEnded = (): Promise<unknown> => waitUntil('the end of all sagas', async () => (await shop.count('shop.orders', "status in ('created', 'paid')")) === 0);

const stepsOf = async (id: string | undefined): Promise<string[]> => {
  const { rows } = await shop.pool.query<{ step: string; status: string }>('select step, status from shop.order_steps where order_id = $1 order by step', [id?.slice(4)]);
  return rows.map(({ step, status }) => `${step} ${status}`);
};

const outsideOf = async (id: string | undefined): Promise<{ payments: number[]; shipments: number }> => {
  const { rows } = await shop.pool.query<{ amount: number }>('select amount from shop.payments where order_id = $1 order by id', [id?.slice(4)]);
  return { payments: rows.map(({ amount }) => amount), shipments: await shop.count('shop.shipments', `order_id = '${id?.slice(4)}'`) };
};

describe('POST /orders', () => {
  it('places an order, and replays the answer to repeats, with either header', async () => {
    const [key, body] = [newKey(), order()];
    const first = await post(`${url}/orders`, key, body);
    expect(first.status).toBe(201);
    expect(first.json).toEqual({ id: expect.stringMatching(/^ord_[0-9a-f]{32}$/), ...body, status: 'created', createdAt: expect.any(String) });
    expect(first.headers.get('location')).toBe(`/orders/${first.json.id}`);
    for (const name of ['idempotency-key', 'x-idempotency-key']) {
      const again = await post(`${url}/orders`, key, body, name);
      expect([again.status, again.text, again.headers.get('location'), again.headers.get('idempotent-replayed')]).toEqual([201, first.text, `/orders/${first.json.id}`, 'true']);
    }
    expect(await shop.count('shop.orders', `user_id = '${body.userId}'`)).toBe(1);
    expect(await post(`${url}/orders`, key, { ...body, amount: 1 })).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  });

  it('refuses a request without a key, and an invalid order, without leaving a row', async () => {
    const before = await shop.count('shop.orders');
    expect(await post(`${url}/orders`, undefined, order())).toMatchObject({ status: 400, json: { code: 'idempotency_key_required' } });
    const key = newKey();
    for (const body of [order(0), order(-1), order(1.5), order(2 ** 53), { ...order(), amount: '1' }, order(1, ''), order(1, 'x'.repeat(256)), order(1, 'a\0'), { ...order(), more: 1 }]) {
      expect(await post(`${url}/orders`, key, body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    }
    expect(await shop.count('shop.orders')).toBe(before);
    expect((await post(`${url}/orders`, key, order())).status).toBe(201);
  });

  it('carries out one of many concurrent requests with a key', async () => {
    const [key, body] = [newKey(), order()];
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(`${url}/orders`, key, body)));
    const placed = answers.filter(({ status }) => status === 201);
    expect(new Set(placed.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ status, headers }) => status !== 201 && !(status === 409 && Number(headers.get('retry-after')) >= 1))).toEqual([]);
    expect(await shop.count('shop.orders', `user_id = '${body.userId}'`)).toBe(1);
  });

  it('commits key, order and event together, or none of them', async () => {
    const [key, body] = [newKey(), order()];
    const there = async (): Promise<number[]> => [await shop.count('shop.orders', `user_id = '${body.userId}'`), await shop.count('idempotent_requests', `key = '${key}'`)];
    // The last statement of the transaction before the answer is stored.
    await breakTable('order_outbox', 'insert', 1);
    const refused = await post(`${url}/orders`, key, body);
    expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '1']);
    expect(await there()).toEqual([0, 0]);
    const placed = await post(`${url}/orders`, key, body);
    expect(placed.status).toBe(201);
    expect(await there()).toEqual([1, 1]);
    await shop.untilStatus(placed.json.id, 'confirmed');
    await waitUntil('an empty outbox', async () => (await shop.count('shop.order_outbox')) === 0);
  });
});

describe('while Kafka is away', () => {
  it('orders are accepted, and their sagas begin when Kafka is back', async () => {
    await untilAllHaveEnded();
    await shop.stopApps();
    url = await shop.start({ brokers: ['127.0.0.1:1'] });
    const { status, json: { id } } = await post(`${url}/orders`, newKey(), order());
    expect(status).toBe(201);
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ details: expect.objectContaining({ kafka: expect.objectContaining({ status: 'degraded' }) }) })]);
    expect([await shop.count('shop.order_outbox'), await shop.count('shop.order_steps', `order_id = '${id?.slice(4)}'`)]).toEqual([1, 0]);
    await shop.stopApps();
    url = await shop.start();
    await shop.untilStatus(id, 'confirmed');
  });
});

describe('with another KAFKA_PARTITIONS than the topic has', () => {
  it('the process ends with a reason; its orders are processed after the configuration is fixed', async () => {
    await untilAllHaveEnded();
    await shop.stopApps();
    url = await shop.start({ partitions: 1_000 });
    const placed = await Promise.all(Array.from({ length: 5 }, () => post(`${url}/orders`, newKey(), order())));
    await waitUntil('the end', () => shop.fatal.some(({ message }) => message.includes('KAFKA_PARTITIONS says 1000')));
    await shop.stopApps();
    url = await shop.start();
    await Promise.all(placed.map(({ json }) => shop.untilStatus(json.id, 'confirmed')));
  });
});

describe('GET /orders/{id}', () => {
  it('returns an order with its status, or 404', async () => {
    const { json: { id } } = await post(`${url}/orders`, newKey(), order());
    await shop.untilStatus(id, 'confirmed');
    expect(await (await fetch(`${url}/orders/${id}`)).json()).toMatchObject({ id, status: 'confirmed' });
    for (const other of [`ord_${'0'.repeat(32)}`, 'ord_1', '%00']) {
      const response = await fetch(`${url}/orders/${other}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    }
  });
});

describe('the saga', () => {
  it('pays and ships once', async () => {
    const { json: { id } } = await post(`${url}/orders`, newKey(), order(4_200));
    await shop.untilStatus(id, 'confirmed');
    expect(await stepsOf(id)).toEqual(['payment done', 'shipment done']);
    expect(await outsideOf(id)).toEqual({ payments: [4_200], shipments: 1 });
    const { rows } = await shop.pool.query<{ key: string }>("select key from idempotent_requests where key like $1 and scope like '%outside%' order by key", [`${id}:%`]);
    expect(rows.map(({ key }) => key)).toEqual([`${id}:payment`, `${id}:shipment`]);
  });

  it('is cancelled without a shipment when the bank refuses, and refunded when the warehouse refuses', async () => {
    const [dear, heavy] = await Promise.all([1_000_001, 500_001].map(async (amount) => (await post(`${url}/orders`, newKey(), order(amount))).json.id));
    await Promise.all([shop.untilStatus(dear, 'cancelled'), shop.untilStatus(heavy, 'cancelled')]);
    expect([await stepsOf(dear), await outsideOf(dear)]).toEqual([['payment refused'], { payments: [], shipments: 0 }]);
    expect([await stepsOf(heavy), await outsideOf(heavy)]).toEqual([['payment done', 'shipment refused', 'refund done'], { payments: [500_001, -500_001], shipments: 0 }]);
  });

  it('repeats a step under the same key when the outside fails', async () => {
    await untilAllHaveEnded();
    await breakTable('payments', 'insert', 2);
    const failing = await post(`${url}/orders`, newKey(), order());
    await shop.untilStatus(failing.json.id, 'confirmed');
    expect(await outsideOf(failing.json.id)).toEqual({ payments: [4_200], shipments: 1 });
    const { rows: [step] } = await shop.pool.query<{ attempts: number }>("select attempts from shop.order_steps where order_id = $1 and step = 'payment'", [failing.json.id?.slice(4)]);
    expect(step?.attempts).toBe(3);
  });

  it('repeats a step under the same key when the answer of the bank could not be stored', async () => {
    await untilAllHaveEnded();
    await breakTable('order_steps', 'update', 1, "new.status = 'done'");
    const lost = await post(`${url}/orders`, newKey(), order());
    await waitUntil('the failure', async () => (await shop.pool.query("select from failures where is_called and last_value >= 1")).rowCount === 1);
    expect([await stepsOf(lost.json.id), await outsideOf(lost.json.id)]).toEqual([['payment due'], { payments: [4_200], shipments: 0 }]);
    // Ends the lease of the step.
    await shop.pool.query('update shop.order_steps set due_at = now() where order_id = $1', [lost.json.id?.slice(4)]);
    await shop.untilStatus(lost.json.id, 'confirmed');
    expect(await outsideOf(lost.json.id)).toEqual({ payments: [4_200], shipments: 1 });
  });
});

describe('the outside', () => {
  it('does a step only once, also after its key has expired', async () => {
    const { json: { id } } = await post(`${url}/orders`, newKey(), order(500_001));
    await shop.untilStatus(id, 'cancelled');
    await shop.pool.query('delete from idempotent_requests where key like $1', [`${id}:%`]);
    for (const [step, path] of [['payment', 'payments'], ['refund', 'refunds']] as const) {
      expect(await post(`${url}/outside/${path}`, `${id}:${step}`, { orderId: id, amount: 500_001 })).toMatchObject({ status: 201, json: { result: 'done' } });
    }
    expect(await outsideOf(id)).toEqual({ payments: [500_001, -500_001], shipments: 0 });
    for (let i = 0; i < 2; i++) expect((await post(`${url}/outside/shipments`, newKey(), { orderId: id, amount: 1 })).status).toBe(201);
    expect((await outsideOf(id)).shipments).toBe(1);
  });

  it('answers 503 when Postgres fails, and does the step under the same key later', async () => {
    const [orderId, key] = [`ord_${mintId().replaceAll('-', '')}`, newKey()];
    const pay = (): Promise<Answered> => post(`${url}/outside/payments`, key, { orderId, amount: 1 });
    await breakTable('payments', 'insert', 1);
    expect(await pay()).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect((await pay()).status).toBe(201);
    expect((await outsideOf(orderId)).payments).toEqual([1]);
  });
});

/** The number of events with this outcome. The metric outlives an app. */
async function received(outcome: string): Promise<number> {
  const { values } = await eventsReceived.get();
  return values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
}

describe('two members', () => {
  it('share the orders, and apply each event once, also when Kafka delivers all of them again', async () => {
    const other = await shop.start();
    await shop.untilMembers(2);
    const users = Array.from({ length: 20 }, () => `user-${newKey()}`);
    const place = (count: number): Promise<(string | undefined)[]> =>
      Promise.all(Array.from({ length: count }, async (_, i) => (await post(`${i % 2 === 0 ? url : other}/orders`, newKey(), order(1_000 + i, users[i % users.length]))).json.id));
    const ids = await place(60);
    // Some of the sagas are in progress.
    await waitUntil('all events', async () => (await shop.count('shop.payments_inbox', `user_id = any('{${users.join(',')}}')`)) === 60);
    await shop.stopApps();
    // As if no offset had been reported before a crash: Kafka delivers all records again.
    const repeats = await received('repeat');
    await shop.forgetOffsets();
    url = await shop.start();
    await waitUntil('all events again', async () => (await received('repeat')) >= repeats + 60);
    ids.push(...(await Promise.all(users.map(async (user) => (await post(`${url}/orders`, newKey(), order(7, user))).json.id))));
    await Promise.all(ids.map((id) => shop.untilStatus(id, 'confirmed')));
    const uuids = ids.map((id) => id?.slice(4));
    const { rows: [sums] } = await shop.pool.query<Record<string, number>>(
      `select
         (select count(*)::int from shop.payments where order_id = any($1)) as payments,
         (select count(*)::int from shop.shipments where order_id = any($1)) as shipments,
         (select sum(amount)::int from shop.payment_totals where user_id = any($2)) as totals,
         (select sum(amount)::int from shop.orders where user_id = any($2)) as amounts,
         (select count(*)::int from shop.payments_inbox where order_id = any($1)) as received`,
      [uuids, users]);
    expect(sums).toMatchObject({ payments: 80, shipments: 80, received: 80, totals: sums?.['amounts'] });
  });
});

it('serves health, metrics and its API', async () => {
  for (const path of ['/health/live', '/health/ready', '/health/startup', '/docs']) expect((await fetch(`${url}${path}`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/lockstep_orders_step_answers_total\{step="payment",answer="done"\} [1-9]/);
  const { paths, components } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object>; components: { securitySchemes?: object } };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/orders', '/orders/{id}']));
  expect(components.securitySchemes).toBeUndefined();
});
