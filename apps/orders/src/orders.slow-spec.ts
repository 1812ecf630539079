import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { AppUnderTest } from '#dev/testing/app-under-test';
import { sharedServers } from '#dev/testing/shared-servers';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { newKey, post } from '../fixtures/shop.js';

let database: TestDatabase;
let client: pg.Client;
let env: Record<string, string>;
let apps: AppUnderTest[];

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  env = { NODE_ENV: 'production', LOG_LEVEL: 'warn', DATABASE_URL: database.url, KAFKA_BROKERS: sharedServers().kafkaBrokers, KAFKA_TOPIC_PREFIX: `orders-${randomBytes(4).toString('hex')}.`, KAFKA_PARTITIONS: '4' };
  apps = await Promise.all([AppUnderTest.launch('orders', env), AppUnderTest.launch('orders', env)]);
  await Promise.all(apps.map((app) => app.ready()));
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.signal('SIGKILL')));
  await client.end();
  await database.drop();
});

const count = async (sql: string): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${sql}`);
  return rows[0]?.count ?? -1;
};

async function place(app: AppUnderTest | undefined): Promise<void> {
  const { status } = await post(`${app?.url}/orders`, newKey(), { userId: `user-${newKey()}`, amount: 4_200 });
  expect(status).toBe(201);
}

const untilConfirmed = (orders: number): Promise<unknown> => {
  let confirmed = 0;
  return waitUntil(() => `${orders} confirmed orders, have ${confirmed}`, async () => (confirmed = await count("shop.orders where status = 'confirmed'")) === orders, 30_000);
};

/** Bank, warehouse and payments have each order exactly once. */
async function expectOnce(orders: number): Promise<void> {
  expect([
    await count('shop.orders'), await count('shop.payments'), await count('shop.shipments'), await count('shop.payments_inbox'),
    await count('(select distinct order_id from shop.payments) paid'), await count('(select distinct order_id from shop.shipments) shipped'),
  ]).toEqual(Array(6).fill(orders));
  const { rows } = await client.query<{ sum: number }>('select sum(amount)::int as sum from shop.payment_totals');
  expect(rows[0]?.sum).toBe(4_200 * orders);
}

test('kill -9 between a payment and its record: the next process finds it paid, under the same key', async () => {
  // Steps are carried out, and cannot be recorded while the test holds the lock.
  await client.query(`
    create function wait_for_the_test() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(42); return new; end $$;
    create trigger wait_for_the_test before update on shop.order_steps for each row when (new.status = 'done') execute function wait_for_the_test();
    select pg_advisory_lock(42)`);
  await place(apps[0]);
  const waiting = "pg_stat_activity where datname = current_database() and application_name = 'lockstep-orders-saga' and wait_event = 'advisory'";
  await waitUntil('a payment that is not recorded yet', async () => (await count(waiting)) === 1);
  expect([await count('shop.payments'), await count("shop.orders where status = 'created'")]).toEqual([1, 1]);
  await Promise.all(apps.map((app) => app.signal('SIGKILL')));
  // The session does not notice the kill, and would record the step.
  await client.query(`select pg_terminate_backend(pid) from ${waiting}`);
  await waitUntil('the end of the session', async () => (await count(waiting)) === 0);
  await client.query('select pg_advisory_unlock(42); drop trigger wait_for_the_test on shop.order_steps');
  expect(await count("shop.order_steps where status = 'due'")).toBe(1);

  for (const app of apps) app.start();
  await untilConfirmed(1);
  await expectOnce(1);
  expect(await count("shop.order_steps where step = 'payment' and attempts >= 2")).toBe(1);
});

test('kill -9 of one of two processes under load: clients repeat their requests to the other, and each order is placed, paid and shipped once', async () => {
  await Promise.all(apps.map((app) => app.ready()));
  let placed = 0;
  const orders = Promise.all(Array.from({ length: 60 }, async (_, i) => {
    const [key, body] = [newKey(), { userId: `user-${i % 10}`, amount: 4_200 }];
    let app = apps[i % 2];
    await waitUntil('an order', async () => {
      const status = await post(`${app?.url}/orders`, key, body).then((answer) => answer.status, () => undefined);
      if (status !== 201) app = apps[1];
      return status === 201;
    });
    placed += 1;
  }));
  await waitUntil('some orders', () => placed >= 5);
  await apps[0]?.signal('SIGKILL');
  await orders;
  await untilConfirmed(61);
  await expectOnce(61);
});

test('a process whose KAFKA_PARTITIONS differs from the topic ends with 1', async () => {
  const mistaken = await AppUnderTest.launch('orders', { ...env, KAFKA_PARTITIONS: '5' });
  await waitUntil('its end', () => !mistaken.running);
  expect(mistaken.exitCode).toBe(1);
});

// The last test, because it ends the last process.
test('SIGTERM: requests in progress are answered, and the process ends with 0', async () => {
  const answers = Promise.all(Array.from({ length: 20 }, (_, i) => post(`${apps[1]?.url}/orders`, newKey(), { userId: `user-${i}`, amount: 4_200 }).then(({ status }) => status, () => undefined)));
  await waitUntil('an order', async () => (await count('shop.orders')) > 61);
  expect(await apps[1]?.signal('SIGTERM')).toBe(0);
  const placed = (await answers).filter((status) => status === 201).length;
  expect(await count('shop.orders')).toBeGreaterThanOrEqual(61 + placed);
  expect(placed).toBeGreaterThan(0);
});
