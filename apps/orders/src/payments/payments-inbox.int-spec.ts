import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { mintId, toPublicId } from '#domain/ids';
import { migrate } from '#ground/postgres/migrate';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { captureLog } from '#dev/testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { ORDERS_MIGRATIONS } from '../orders-migrations.js';
import { ExpiredInboxSweeper } from './expired-inbox-sweeper.js';
import { type OrderCreated, orderCreatedOf, PaymentsInbox } from './payments-inbox.js';

let database: TestDatabase;
let pool: pg.Pool;
let inbox: PaymentsInbox;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(database.url, ORDERS_MIGRATIONS);
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 8, plans: 'by-index' });
  inbox = new PaymentsInbox(databaseOf(pool), { kafka: { retentionMs: 30_000 } });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

let refused: OrderCreated[];
const onRefused = (event: OrderCreated): void => void refused.push(event);
const receive = (events: readonly OrderCreated[]): Promise<number> => inbox.receive(events, onRefused);

beforeEach(() => {
  refused = [];
});

/** Inserts orders of this user, and returns their events. */
async function placed(userId: string, count: number, amount = 10): Promise<OrderCreated[]> {
  const events = Array.from({ length: count }, () => ({ eventId: mintId(), orderId: mintId() }));
  await pool.query('insert into shop.orders (id, user_id, amount, created_at) select id, $2, $3, now() from unnest($1::uuid[]) id', [events.map(({ orderId }) => orderId), userId, amount]);
  return events;
}

async function effects(userId: string): Promise<unknown> {
  const { rows } = await pool.query(
    `select t.orders, t.amount::float8, (select count(*)::int from shop.order_steps s join shop.orders o on o.id = s.order_id where o.user_id = t.user_id) as steps,
       (select count(*)::int from shop.payments_inbox i where i.user_id = t.user_id) as received
     from shop.payment_totals t where user_id = $1`, [userId]);
  return rows[0];
}

describe('the inbox', () => {
  it('takes each event in once, however it is batched when it is repeated', async () => {
    const events = await placed('again', 10);
    expect(await receive(events.slice(0, 6))).toBe(6);
    expect(await receive(events.slice(0, 6))).toBe(0);
    expect(await receive([...events.slice(4), ...events.slice(6), ...events])).toBe(4);
    expect(await receive([])).toBe(0);
    expect(await effects('again')).toEqual({ orders: 10, amount: 100, steps: 10, received: 10 });
  });

  it('does so when members have the same events at the same time, in any order', async () => {
    const events = await placed('at-once', 200);
    const counts = await Promise.all(Array.from({ length: 8 }, (_, i) => receive(i % 2 === 0 ? events : events.toReversed())));
    expect(counts.reduce((a, b) => a + b)).toBe(200);
    expect(await effects('at-once')).toEqual({ orders: 200, amount: 2_000, steps: 200, received: 200 });
  });

  it('commits an event together with its effects, or neither', async () => {
    const events = await placed('together', 3);
    await pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'out of luck'; end $$; create trigger refuse before insert on shop.order_steps for each row execute function refuse()`);
    await expect(receive(events)).rejects.toThrow('out of luck');
    await pool.query('drop trigger refuse on shop.order_steps');
    expect(await effects('together')).toBeUndefined();
    expect(await receive(events)).toBe(3);
    expect(await effects('together')).toEqual({ orders: 3, amount: 30, steps: 3, received: 3 });
  });

  it('applies the effects of an order once, even if it has several events', async () => {
    const events = await placed('many-events', 2);
    const again = events.map(({ orderId }) => ({ eventId: mintId(), orderId }));
    expect(await receive([...events, ...again.slice(0, 1)])).toBe(3);
    expect(await receive(again)).toBe(1);
    expect(await effects('many-events')).toEqual({ orders: 2, amount: 20, steps: 2, received: 4 });
  });

  it('sums up amounts above the range of a bigint', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(await receive(await placed('rich', 600, most))).toBe(600);
    expect(await receive(await placed('rich', 600, most))).toBe(600);
    expect(await effects('rich')).toEqual({ orders: 1_200, amount: 1_200 * most, steps: 1_200, received: 1_200 });
    expect(refused).toEqual([]);
  });

  it('leaves out an event that Postgres refuses, but not its neighbours', async () => {
    const events = await placed('poison', 9);
    const [poison] = events.slice(4);
    await pool.query(`
      create function poison() returns trigger language plpgsql as $$ begin raise exception 'too much' using errcode = 'numeric_value_out_of_range'; end $$;
      create trigger poison before insert on shop.order_steps for each row when (new.order_id = '${poison?.orderId}') execute function poison()`);
    expect(await receive(events)).toBe(8);
    await pool.query('drop trigger poison on shop.order_steps');
    expect(refused).toEqual([poison]);
    expect(await effects('poison')).toEqual({ orders: 8, amount: 80, steps: 8, received: 8 });
  });

  it('ignores an event of an unknown order', async () => {
    expect(await receive([{ eventId: mintId(), orderId: mintId() }])).toBe(0);
  });

  it('deletes events that cannot be repeated any more', async () => {
    const { signal } = new AbortController();
    const sweeper = new ExpiredInboxSweeper(pool, captureLog().logger);
    await new PaymentsInbox(databaseOf(pool), { kafka: { retentionMs: -1 } }).receive(await placed('expired', 7), onRefused);
    const { rows: [kept] } = await pool.query<{ count: number }>('select count(*)::int as count from shop.payments_inbox where expires_at > now()');
    expect(await sweeper.sweep(signal)).toBe(7);
    expect((await pool.query('select from shop.payments_inbox')).rowCount).toBe(kept?.count);
  });
});

describe('a record', () => {
  const [eventId, orderId] = [mintId(), mintId()];
  const record = { headers: { ce_id: toPublicId('evt', eventId) }, value: Buffer.from(JSON.stringify({ id: toPublicId('ord', orderId), amount: 1 })) };

  it('is an order that was created', () => {
    expect(orderCreatedOf(record)).toEqual({ eventId, orderId });
    expect(orderCreatedOf({ ...record, headers: { ce_id: Buffer.from(record.headers.ce_id) } })).toEqual({ eventId, orderId });
  });

  it("is foreign otherwise, and ignored", () => {
    const others = [{ ...record, headers: {} }, { ...record, headers: { ce_id: 'evt_1' } }, { ...record, value: null }, { ...record, value: Buffer.from('{') }, { ...record, value: Buffer.from('{"id":"x"}') }, { ...record, value: Buffer.from('null') }];
    expect(others.map(orderCreatedOf)).toEqual(others.map(() => undefined));
  });
});
