import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, HttpCode, Module, Post, Res, type Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import type pg from 'pg';
import { z } from 'zod';
import { LockstepError } from '#domain/problem';
import { AllowedMethods } from '#ground/http/allowed-methods';
import { ProblemFilter } from '#ground/http/problem.filter';
import { Rejections } from '#ground/http/rejections';
import { Samples } from '#ground/samples/samples';
import { createPool } from '#ground/postgres/pool';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ProcessModule } from '#ground/process/process.module';
import { captureLog } from '#dev/testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testProcess } from '#dev/testing/test-process';
import { IdempotentApp, rootModule } from './fixtures/idempotent-app.js';
import { IdempotencyModule } from './idempotency.module.js';
import { IdempotentTransactions } from './idempotent-transactions.js';
import { Idempotent, IdempotentTransaction } from './idempotent.js';

const orderSchema = z.strictObject({ amount: z.number() });
type Order = z.output<typeof orderSchema>;

let database: TestDatabase;
let pool: pg.Pool;
let app: IdempotentApp;
let module: Type;
let url: string;
/** Calls of the handlers. */
let calls: number;
let gate: PromiseWithResolvers<void> | undefined;
let fails: Error | undefined;

async function work(): Promise<number> {
  calls += 1;
  const call = calls;
  await gate?.promise;
  if (fails !== undefined) throw fails;
  return call;
}

@Controller()
class OrdersController {
  @Post('orders')
  @Idempotent()
  async create(@Body({ schema: orderSchema }) { amount }: Order, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const call = await work();
    reply.header('location', `/orders/${call}`).header('set-cookie', 'session=secret').header('link', ['</orders>; rel="up"', '</>; rel="home"']);
    return { call, amount, note: 'ä' };
  }

  @Post('open')
  @HttpCode(204)
  @Idempotent({ keyRequired: false, failOpen: true })
  async open(): Promise<void> {
    await work();
  }

  @Post('plain')
  @Idempotent()
  async plain(): Promise<number> {
    return work();
  }

  @Post('ended')
  @Idempotent({ transaction: true })
  async end(@IdempotentTransaction() client: pg.ClientBase): Promise<number> {
    await client.query('rollback');
    return work();
  }

  @Post('booked')
  @Idempotent({ transaction: true })
  async book(@Body({ schema: orderSchema }) { amount }: Order, @IdempotentTransaction() client: pg.ClientBase): Promise<object> {
    const { rows: [row] } = await client.query<{ id: number }>('insert into bookings (amount) values ($1) returning id', [amount]);
    await work();
    return { id: row?.id };
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 8 });
  await pool.query('create table bookings (id bigint generated always as identity, amount integer not null)');
  module = rootModule([OrdersController], { connections: 8 });
  app = await IdempotentApp.start(module, database.url);
  ({ url } = app);
});

afterAll(async () => {
  await app.stop();
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  calls = 0;
  gate = undefined;
  fails = undefined;
  await pool.query('truncate bookings');
});

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function post(path: string, key: string | undefined, amount = 1, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }), ...headers }, body: JSON.stringify({ amount }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const codeOf = ({ text }: Answered): unknown => (JSON.parse(text) as { code?: unknown }).code;

describe.each(['/orders', '/booked'])('@Idempotent on %s', (path) => {
  it('carries a request out once, and replays its answer to repeats', async () => {
    const first = await post(path, `once${path}`);
    const again = await post(path, `once${path}`);
    expect(first.status).toBe(201);
    expect(calls).toBe(1);
    expect([again.status, again.text, again.headers.get('content-type'), again.headers.get('location')]).toEqual([201, first.text, first.headers.get('content-type'), first.headers.get('location')]);
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    expect([again.headers.get('age'), again.headers.get('set-cookie')]).toEqual(['0', null]);
  });

  it('answers concurrent repeats with request_in_progress, and a different request with idempotency_key_reused', async () => {
    gate = Promise.withResolvers();
    const first = post(path, `twins${path}`);
    while (calls === 0) await new Promise((resolve) => setImmediate(resolve));
    const twins = await Promise.all(Array.from({ length: 50 }, () => post(path, `twins${path}`)));
    expect(new Set(twins.map((twin) => `${twin.status} ${String(codeOf(twin))}`))).toEqual(new Set(['409 request_in_progress']));
    expect(twins.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
    expect(await post(path, `twins${path}`, 2)).toMatchObject({ status: 422 });
    gate.resolve();
    expect((await first).status).toBe(201);
    expect(calls).toBe(1);
    expect(codeOf(await post(path, `twins${path}`, 2))).toBe('idempotency_key_reused');
  });

  it('keeps the keys of two tenants apart', async () => {
    await post(path, `tenants${path}`, 1, { 'x-tenant': 'acme' });
    await post(path, `tenants${path}`, 2, { 'x-tenant': 'beta' });
    expect(calls).toBe(2);
    const { rows } = await pool.query('select tenant from idempotent_requests where key = $1 order by tenant', [`tenants${path}`]);
    expect(rows).toEqual([{ tenant: 'acme' }, { tenant: 'beta' }]);
  });

  it('lets a request that failed on our side be retried', async () => {
    fails = new Error('out of luck');
    expect((await post(path, `again${path}`)).status).toBe(500);
    fails = undefined;
    expect((await post(path, `again${path}`)).status).toBe(201);
    expect(calls).toBe(2);
  });

  it('requires a valid key', async () => {
    expect(codeOf(await post(path, undefined))).toBe('idempotency_key_required');
    expect(codeOf(await post(path, 'a b'))).toBe('invalid_idempotency_key');
    expect(calls).toBe(0);
  });

  it('tells clients apart by their credentials', async () => {
    const credentials: Record<string, string>[] = [{ authorization: 'Bearer a' }, { authorization: 'Bearer b' }, { 'x-api-key': 'a' }, { 'x-api-key': 'b' }, { authorization: 'Bearer a', 'x-api-key': 'a' }];
    for (const whose of [...credentials, ...credentials]) await post(path, `whose${path}`, 1, whose);
    expect(calls).toBe(credentials.length);
  });
});

describe('several headers of one name', () => {
  it('are all replayed', async () => {
    const answers = [await post('/orders', 'links'), await post('/orders', 'links')];
    expect(answers.map(({ headers }) => headers.get('link'))).toEqual(Array(2).fill('</orders>; rel="up", </>; rel="home"'));
  });
});

describe('a refusal of the handler', () => {
  it('is stored and replayed', async () => {
    fails = new LockstepError('conflict', 'not like this');
    const answers = [await post('/orders', 'refused'), await post('/orders', 'refused')];
    expect(calls).toBe(1);
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(2).fill([409, answers[0]?.text]));
    expect(answers[1]?.headers.get('content-type')).toBe('application/problem+json');
    expect(answers[1]?.headers.get('idempotent-replayed')).toBe('true');
  });

  it('in a transaction rolls its rows back, and frees the key', async () => {
    fails = new LockstepError('conflict', 'not like this');
    expect((await post('/booked', 'rolled-back')).status).toBe(409);
    fails = undefined;
    expect((await post('/booked', 'rolled-back')).status).toBe(201);
    expect((await pool.query('select from bookings')).rowCount).toBe(1);
  });
});

describe('in a transaction', () => {
  it('rows and answer are committed together, once for all concurrent repeats', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => post('/booked', 'together')));
    const created = answers.filter(({ status }) => status === 201);
    expect(new Set(created.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ status }) => status !== 201).every((answer) => answer.status === 409)).toBe(true);
    expect((await pool.query('select from bookings')).rowCount).toBe(1);
    expect((await post('/booked', 'together')).status).toBe(201);
  });

  it('a repeat in another process is in progress, and a process that dies leaves nothing behind', async () => {
    gate = Promise.withResolvers();
    const first = post('/booked', 'dies');
    while (calls === 0) await new Promise((resolve) => setImmediate(resolve));
    // As another process, which shares no memory with the first.
    const twins = new IdempotentTransactions(pool);
    const { rows: [taken] } = await pool.query<{ pid: number }>("select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction'");
    expect(taken).toBeDefined();
    const { rows: none } = await pool.query("select from idempotent_requests where key = 'dies'");
    expect(none).toEqual([]);
    await pool.query('select pg_terminate_backend($1)', [taken?.pid]);
    gate.resolve();
    expect((await first).status).toBe(503);
    expect((await pool.query('select from bookings')).rowCount).toBe(0);
    gate = undefined;
    expect((await post('/booked', 'dies')).status).toBe(201);
    const keyed = { tenant: 'default', operation: 'POST /', scope: 's', key: 'k', fingerprint: Buffer.alloc(32), leaseMs: 1_000, retentionMs: 1_000, takeover: 'never' as const };
    const settlement = { state: 'completed' as const, status: 200, headers: [], body: Buffer.alloc(0) };
    const outcome = await new IdempotentTransactions(pool).run(keyed, async () => ({ result: await twins.run(keyed, () => Promise.reject(new Error('twice'))), settlement }));
    expect(outcome).toMatchObject({ kind: 'done', result: { kind: 'in_flight' } });
  });
});

describe('in a transaction, the result', () => {
  it('is replayed to all concurrent repeats', async () => {
    const first = await post('/booked', 'again-at-once');
    const again = await Promise.all(Array.from({ length: 30 }, () => post('/booked', 'again-at-once')));
    expect(new Set(again.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set([`201 ${first.text}`]));
  });

  it('is an error when the handler has ended its transaction: the key would not be committed with the rows', async () => {
    expect((await post('/ended', 'ended')).status).toBe(500);
    expect((await pool.query("select from idempotent_requests where key = 'ended'")).rowCount).toBe(0);
  });
});

it('does not start in an app that does not say whose its requests are', async () => {
  @Module({ imports: [PostgresModule.forRoot({ app: 'test' }), IdempotencyModule.forRoot({ leaseMs: 1_000, retentionMs: 1_000 })], controllers: [OrdersController] })
  class NobodysModule {}
  const compiled = Test.createTestingModule({ imports: [ProcessModule.of(testProcess(database.url)), NobodysModule] }).compile();
  await expect(compiled).rejects.toThrow(/give IdempotencyModule the option `tenantOf`/);
});

describe('in an app that parses bodies', () => {
  it.each([true, false])('the raw body is compared; without it no request is carried out (rawBody: %s)', async (rawBody) => {
    const testing = await Test.createTestingModule({ imports: [ProcessModule.of(testProcess(database.url)), module] }).compile();
    const parsing = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { rawBody, logger: false });
    parsing.useGlobalFilters(new ProblemFilter(new AllowedMethods(), new Rejections(new Samples()), captureLog().logger));
    await parsing.listen(0, '127.0.0.1');
    const send = async (amount: number): Promise<number> => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': `parsed-${rawBody}` };
      return (await fetch(`${await parsing.getUrl()}/plain`, { method: 'POST', headers, body: JSON.stringify({ amount }) })).status;
    };
    const statuses = [await send(1), await send(1), await send(2)];
    await parsing.close();
    expect(statuses).toEqual(rawBody ? [201, 201, 422] : [500, 500, 500]);
    expect(calls).toBe(rawBody ? 1 : 0);
  });
});

describe('where a key is not required', () => {
  it('a request without one is carried out each time', async () => {
    for (let i = 0; i < 2; i++) expect((await post('/open', undefined)).status).toBe(204);
    expect(calls).toBe(2);
    for (let i = 0; i < 2; i++) expect((await post('/open', 'with-one')).status).toBe(204);
    expect(calls).toBe(3);
  });
});
