import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import pg from 'pg';
import { z } from 'zod';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { newKey } from './fixtures/engine.js';
import { IdempotentApp, rootModule } from './fixtures/idempotent-app.js';
import { Idempotent, IdempotentTransaction } from './idempotent.js';

// Handlers in a transaction, with Postgres going away at each step of it.
const bookingSchema = z.strictObject({ amount: z.number() });
/** Large enough to need a statement of its own. */
const LARGE = 'x'.repeat(70_000);

let calls: number;

@Controller()
class BookingsController {
  @Post('booked')
  @Idempotent({ transaction: true })
  async book(@Body({ schema: bookingSchema }) { amount }: z.output<typeof bookingSchema>, @IdempotentTransaction() client: pg.ClientBase, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    calls += 1;
    reply.header('location', '/booked/1');
    const { rows: [row] } = await client.query<{ id: number }>('insert into bookings (amount) values ($1) returning id', [amount]);
    return { id: row?.id };
  }

  @Post('large')
  @Idempotent({ transaction: true })
  large(): string {
    calls += 1;
    return LARGE;
  }
}

let database: TestDatabase;
let network: TcpProxy;
let near: pg.Client;
let app: IdempotentApp;
let url: string;

beforeEach(async () => {
  calls = 0;
  database = await createTestDatabase();
  near = new pg.Client(database.url);
  await near.connect();
  await near.query('create table bookings (id bigint generated always as identity, amount integer not null)');
  const store = new URL(database.url);
  network = await TcpProxy.start(store.hostname, Number(store.port));
  store.port = String(network.port);
  app = await IdempotentApp.start(rootModule([BookingsController], { connections: 4 }), store.href);
  ({ url } = app);
});

afterEach(async () => {
  await app.stop();
  await near.end();
  await network.stop();
  await database.drop();
});

interface Answered {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
  readonly replayed: boolean;
  readonly location: string | null;
  readonly text: string;
}

async function post(key: string, path = '/booked'): Promise<Answered> {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key }, body: '{"amount":1}' });
  const text = await response.text();
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  const { headers, status } = response;
  return { status, text, code: isProblem ? (JSON.parse(text) as { code: unknown }).code : undefined, retryAfter: headers.get('retry-after'), replayed: headers.has('idempotent-replayed'), location: headers.get('location') };
}

/** The answer of the same request when Postgres is back. It is in progress until Postgres notices the broken connection. */
async function answerAfterwards(key: string, path = '/booked'): Promise<Answered> {
  const before: unknown[] = [];
  const answer = await waitUntil(() => `an answer, have ${before.join()}`, async () => {
    const asked = await post(key, path);
    if (asked.status < 400) return asked;
    before.push(asked.code);
    return undefined;
  });
  expect(before.filter((code) => code !== 'request_in_progress')).toEqual([]);
  return answer;
}

const bookings = async (): Promise<number> => (await near.query('select from bookings')).rowCount ?? -1;
const keys = async (): Promise<number> => (await near.query('select from idempotent_requests')).rowCount ?? -1;

/** No header of the booking. */
const AWAY = { status: 503, code: 'store_unavailable', retryAfter: '1', location: null };
/** With the end of the message: `commit` alone also occurs in the settings of a connection. */
const COMMIT = 'commit\0';

describe('Postgres away in the transaction of a handler', () => {
  it.each([
    { step: 'before it begins', sent: 'begin;', called: 0 },
    { step: 'at the claim', sent: 'insert into idempotent_requests as taken', called: 0 },
    { step: "at the handler's own statement", sent: 'insert into bookings', called: 1 },
    { step: 'when the answer is stored', sent: 'settled as (', called: 1 },
    { step: 'at the commit, which never arrives', sent: COMMIT, called: 1 },
  ])('$step: 503, without rows or key; the repeat is carried out when Postgres is back', async ({ sent, called }) => {
    const key = newKey();
    const reached = network.cutAt(sent);
    const refused = await post(key);
    await reached;
    expect(refused).toMatchObject(AWAY);
    expect([calls, await bookings(), await keys()]).toEqual([called, 0, 0]);
    expect(await post(key)).toMatchObject(AWAY);
    network.restore();
    const carriedOut = await answerAfterwards(key);
    expect([carriedOut.status, carriedOut.replayed, await bookings(), calls]).toEqual([201, false, 1, called + 1]);
    expect(await post(key)).toMatchObject({ status: 201, text: carriedOut.text, replayed: true, location: '/booked/1' });
    expect([await bookings(), await keys(), calls]).toEqual([1, 1, called + 1]);
  });

  it('at the commit, which succeeds without an answer: 503, and the repeat gets the stored answer', async () => {
    const key = newKey();
    const reached = network.holdAnswersAt(COMMIT);
    const refused = post(key);
    await reached;
    await waitUntil('the commit', async () => (await bookings()) === 1);
    network.cut();
    expect(await refused).toMatchObject(AWAY);
    network.restore();
    expect(await post(key)).toMatchObject({ status: 201, text: '{"id":1}', replayed: true });
    expect([await bookings(), await keys(), calls]).toEqual([1, 1, 1]);
  });

  it('during the commit, which Postgres aborts: 503, and the repeat is carried out', async () => {
    const key = newKey();
    // Deferred, so that the commit waits.
    await near.query(`
      create function wait_for_the_test() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(42); return new; end $$;
      create constraint trigger wait_for_the_test after insert on bookings deferrable initially deferred for each row execute function wait_for_the_test();
      select pg_advisory_lock(42)`);
    const refused = post(key);
    const pid = await waitUntil('the commit at the lock', async () => {
      const { rows: [session] } = await near.query<{ pid: number }>("select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory' and query = 'commit'");
      return session?.pid;
    });
    expect(await post(key)).toMatchObject({ status: 409, code: 'request_in_progress' });
    await near.query('select pg_terminate_backend($1)', [pid]);
    expect(await refused).toMatchObject(AWAY);
    await near.query('select pg_advisory_unlock(42)');
    const carriedOut = await answerAfterwards(key);
    expect([carriedOut.status, carriedOut.replayed, await bookings(), calls]).toEqual([201, false, 1, 2]);
  });

  it('when a large answer is read: 503, and the repeat gets it later', async () => {
    const key = newKey();
    expect(await post(key, '/large')).toMatchObject({ status: 201, text: LARGE });
    const reached = network.cutAt('select body');
    expect(await post(key, '/large')).toMatchObject(AWAY);
    await reached;
    network.restore();
    expect(await answerAfterwards(key, '/large')).toMatchObject({ status: 201, text: LARGE, replayed: true });
    expect(calls).toBe(1);
  });
});
