import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { mintId, toPublicId } from '#domain/ids';
import { createPool, databaseOf } from '#postgres/pool';
import { captureLog } from '#testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#testing/test-database';
import { expiredInboxSweeper } from './expired-inbox-sweeper.js';
import { type OrderCreated, orderCreatedOf, PaymentsInbox } from './payments-inbox.js';

let database: TestDatabase;
let pool: pg.Pool;
let inbox: PaymentsInbox;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 8, joins: 'by-index' });
  inbox = new PaymentsInbox(databaseOf(pool), 60_000);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Orders of this user over 10 each, and their events. */
async function placed(userId: string, count: number): Promise<OrderCreated[]> {
  const events = Array.from({ length: count }, () => ({ eventId: mintId(), orderId: mintId() }));
  await pool.query('insert into orders (id, user_id, amount, created_at) select id, $2, 10, now() from unnest($1::uuid[]) id', [events.map(({ orderId }) => orderId), userId]);
  return events;
}

async function effects(userId: string): Promise<unknown> {
  const { rows } = await pool.query(
    `select t.orders, t.amount, (select count(*)::int from order_steps s join orders o on o.id = s.order_id where o.user_id = t.user_id) as steps,
       (select count(*)::int from payments_inbox i where i.user_id = t.user_id) as received
     from payment_totals t where user_id = $1`, [userId]);
  return rows[0];
}

describe('the inbox', () => {
  it('takes each event in once, in whatever batches it comes again', async () => {
    const events = await placed('again', 10);
    expect(await inbox.receive(events.slice(0, 6))).toBe(6);
    expect(await inbox.receive(events.slice(0, 6))).toBe(0);
    expect(await inbox.receive([...events.slice(4), ...events.slice(6), ...events])).toBe(4);
    expect(await inbox.receive([])).toBe(0);
    expect(await effects('again')).toEqual({ orders: 10, amount: 100, steps: 10, received: 10 });
  });

  it('does so when members have the same events at once, in any order', async () => {
    const events = await placed('at-once', 200);
    const counts = await Promise.all(Array.from({ length: 8 }, (_, i) => inbox.receive(i % 2 === 0 ? events : events.toReversed())));
    expect(counts.reduce((a, b) => a + b)).toBe(200);
    expect(await effects('at-once')).toEqual({ orders: 200, amount: 2_000, steps: 200, received: 200 });
  });

  it('has an event and its effects together, or neither', async () => {
    const events = await placed('together', 3);
    await pool.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'out of luck'; end $$; create trigger refuse before insert on order_steps for each row execute function refuse()`);
    await expect(inbox.receive(events)).rejects.toThrow('out of luck');
    await pool.query('drop trigger refuse on order_steps');
    expect(await effects('together')).toBeUndefined();
    expect(await inbox.receive(events)).toBe(3);
    expect(await effects('together')).toEqual({ orders: 3, amount: 30, steps: 3, received: 3 });
  });

  it('begins nothing for an order that is not here', async () => {
    expect(await inbox.receive([{ eventId: mintId(), orderId: mintId() }])).toBe(0);
  });

  it('forgets events when they can not come again', async () => {
    const { signal } = new AbortController();
    const sweeper = expiredInboxSweeper(pool, captureLog().logger);
    await new PaymentsInbox(databaseOf(pool), -1).receive(await placed('expired', 7));
    const { rows: [kept] } = await pool.query<{ count: number }>('select count(*)::int as count from payments_inbox where expires_at > now()');
    expect(await sweeper.sweep(signal)).toBe(7);
    expect((await pool.query('select from payments_inbox')).rowCount).toBe(kept?.count);
  });
});

describe('a record', () => {
  const [eventId, orderId] = [mintId(), mintId()];
  const record = { headers: { ce_id: toPublicId('evt', eventId) }, value: Buffer.from(JSON.stringify({ id: toPublicId('ord', orderId), amount: 1 })) };

  it('is an order that was created', () => {
    expect(orderCreatedOf(record)).toEqual({ eventId, orderId });
    expect(orderCreatedOf({ ...record, headers: { ce_id: Buffer.from(record.headers.ce_id) } })).toEqual({ eventId, orderId });
  });

  it("is somebody else's, and passed over, otherwise", () => {
    const others = [{ ...record, headers: {} }, { ...record, headers: { ce_id: 'evt_1' } }, { ...record, value: null }, { ...record, value: Buffer.from('{') }, { ...record, value: Buffer.from('{"id":"x"}') }, { ...record, value: Buffer.from('null') }];
    expect(others.map(orderCreatedOf)).toEqual(others.map(() => undefined));
  });
});
