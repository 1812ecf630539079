import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { shardOf } from '#domain/shard';
import { createEmptyDatabase, type TestDatabase } from '#dev/testing/test-database';
import type { GatewayClient } from '#dev/testing/gateway-client';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import { UnadmittedRepository } from '#flow/admission/unadmitted.repository';
import { OutcomeRepository } from '#flow/outcome/outcome.repository';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { sharedServers } from '#dev/testing/shared-servers';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.js';

/** Settings of a database or role that change the results, or the end, of statements whose sessions do not set their own. */
const HOSTILE_SETTINGS = {
  TimeZone: 'Asia/Kolkata', DateStyle: 'SQL, DMY', IntervalStyle: 'sql_standard', bytea_output: 'escape', extra_float_digits: '-15', client_encoding: 'LATIN1', lc_numeric: 'C', xmlbinary: 'hex',
  search_path: 'decoy, public', row_security: 'off', array_nulls: 'off', transform_null_equals: 'on', standard_conforming_strings: 'off', backslash_quote: 'off', quote_all_identifiers: 'on', check_function_bodies: 'off',
  statement_timeout: '1', lock_timeout: '1', idle_session_timeout: '1', idle_in_transaction_session_timeout: '1', transaction_timeout: '1',
  default_transaction_isolation: 'serializable', default_transaction_read_only: 'on', default_transaction_deferrable: 'on', synchronous_commit: 'off', exit_on_error: 'on',
  enable_seqscan: 'off', enable_indexscan: 'off', enable_indexonlyscan: 'off', enable_bitmapscan: 'off', enable_nestloop: 'off', enable_hashjoin: 'off', enable_sort: 'off', enable_partition_pruning: 'off',
  work_mem: '64kB', maintenance_work_mem: '1MB', temp_buffers: '800kB', jit: 'on', jit_above_cost: '0',
  plan_cache_mode: 'force_custom_plan', join_collapse_limit: '1', from_collapse_limit: '1', geqo_threshold: '2', default_statistics_target: '1', constraint_exclusion: 'on', cursor_tuple_fraction: '0',
};

const SHARDS = 4;
const ENTITIES = ['order-1', 'Ünïcödé 😀', 'NULL', `O'Brien \\ "x", {y}`];

/** A database of another application's owner, with these settings of its own and of the role that Lockstep uses. */
async function createHostileDatabase(settings: Readonly<Record<string, string>>): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  const role = `hostile_${randomBytes(4).toString('hex')}`;
  await run(database.url, [
    `create role ${role} login password 'secret'`, `alter database ${name} owner to ${role}`,
    // Names as ours, of another application.
    'create schema decoy', ...['events', 'outbox', 'schema_migrations', 'lanes', 'endpoints'].map((table) => `create table decoy.${table} (id text)`), `grant all on schema decoy to ${role}`,
    ...Object.entries(settings).map(([setting, value], i) => `alter ${i % 2 === 0 ? `database ${name}` : `role ${role}`} set ${setting} = ${setting === 'search_path' ? value : `'${value}'`}`),
  ]);
  [url.username, url.password] = [role, 'secret'];
  return {
    url: url.toString(),
    drop: async () => {
      await database.drop();
      await run(sharedServers().databaseUrl, [`drop role ${role}`]);
    },
  };
}

async function run(databaseUrl: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A gateway, and the statements of a dispatcher. */
class Installation {
  private constructor(
    private readonly database: TestDatabase,
    private readonly gateway: GatewayUnderTest,
    private readonly pool: pg.Pool,
    private readonly byIndex: pg.Pool,
  ) {}

  static async start(settings: Readonly<Record<string, string>>): Promise<Installation> {
    const database = await createHostileDatabase(settings);
    // Without Kafka: the test takes the events from the outbox.
    const gateway = await GatewayUnderTest.start(database.url, { KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' });
    const pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 2 });
    return new Installation(database, gateway, pool, createPool({ databaseUrl: database.url, applicationName: 'test', max: 2, plans: 'by-index' }));
  }

  get client(): GatewayClient {
    return this.gateway.client;
  }

  /** Accepts, admits, tries and lists; returns all answers, with ids and present times as their places. */
  async story(): Promise<unknown[]> {
    const answers: unknown[] = [];
    const note = async (answer: Promise<{ status: number; json: unknown }>): Promise<unknown> => {
      const { status, json } = await answer;
      // Each problem has the id of its request.
      answers.push({ status, json: typeof json === 'object' && json !== null && 'requestId' in json ? { ...json, requestId: '' } : json });
      return json;
    };
    const endpoint = { url: 'http://127.0.0.1:9/', headers: { 'x-a': '\\x41' }, metadata: { a: '\\"{}' } };
    const { id } = (await note(this.client.send('POST', '/v1/endpoints', endpoint))) as { id: string };
    await note(this.client.send('POST', '/v1/endpoints', { ...endpoint, ordering: 'none', eventTypes: ['order.*'] }));
    for (const [i, entity] of [...ENTITIES, ...ENTITIES.map((name) => `${name} 2`)].entries()) {
      await note(this.client.send('POST', '/v1/events', { type: 'order.created', entity, data: { i }, timestamp: `2026-02-0${i + 1}T23:59:59.123+05:30`, idempotencyKey: `key \\ ${i}` }));
    }
    await note(this.client.send('POST', '/v1/events', { type: 'order.created', entity: 'order-1', data: 'other', idempotencyKey: 'key \\ 0' }));
    await this.admit();
    answers.push(await this.attempt(1), await this.attempt(2));
    await note(this.client.send('POST', '/v1/events', { type: 'order.created', entity: 'order-1', data: 'not admitted' }));
    answers.push(await this.unadmitted());
    for (const path of ['/v1/events?limit=3', '/v1/events?limit=1&entity=order-1', '/v1/deliveries?limit=4', '/v1/dead-letters?limit=1', '/v1/lanes?limit=1&sort=age', '/v1/lanes?limit=3&sort=depth']) await note(this.readAll(path));
    await note(this.client.get(`/v1/lanes/${id}/${encodeURIComponent(ENTITIES[3] ?? '')}`));
    await note(this.client.get('/v1/ledger'));
    await note(this.client.send('POST', '/v1/dead-letters/replay', { endpoint: id, from: '2026-01-01T00:00:00+05:30' }));
    await note(this.client.get('/v1/endpoints'));
    return JSON.parse(withoutIds(JSON.stringify(answers))) as unknown[];
  }

  async stop(): Promise<void> {
    await Promise.all([this.gateway.stop(), this.pool.end(), this.byIndex.end()]);
    await this.database.drop();
  }

  private async admit(): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) {
      await this.pool.query('update shard_leases set epoch = 1, owner = gen_random_uuid() where shard = $1', [shard]);
      const { rows } = await this.pool.query<{ event_id: string }>('delete from outbox where shard = $1 returning event_id', [shard]);
      const eventIds = rows.map(({ event_id: id }) => id).sort();
      await new AdmissionRepository(databaseOf(this.pool)).admit([{ shard, epoch: 1, eventIds, parked: [], nextOffset: rows.length, caughtUp: true }]);
    }
  }

  /** All deliveries in one statement: some fail without a status, some without an error, some end. */
  private async attempt(attempt: number): Promise<unknown> {
    const { rows } = await this.pool.query<{ shard: number; event_id: string; endpoint: number }>("select shard, event_id, endpoint from deliveries where status = 'pending' order by event_id, endpoint");
    return new OutcomeRepository(databaseOf(this.byIndex)).commit(rows.map(({ shard, event_id: eventId, endpoint }, i) => ({
      shard, epoch: 1, key: { eventId, endpoint, replay: 0 }, attempt, halts: false, tokenTopic: i % 2 === 0 ? 'retry.1s' : undefined,
      disposition: i % 3 === 0 ? { kind: 'delivered' } : i % 3 === 1 ? { kind: 'dead', reason: 'attempts_exhausted' } : { kind: 'retry', delayMs: 60_000 },
      result: {
        startedAtMs: Date.UTC(2026, 1, 3, 4, 5, 6, 789), durationMs: 1, statusCode: [200, 500][i % 3], error: i % 3 === 2 ? `NULL \\ '${i}` : undefined, responseBody: Buffer.from([0, 92, 255, 120, i]), retryAfterMs: undefined,
      },
    })));
  }

  private async unadmitted(): Promise<unknown> {
    const repository = new UnadmittedRepository(databaseOf(this.byIndex));
    const range = await repository.beginRepair(shardOf('default', 'order-1', SHARDS));
    return (await repository.look(range, 10)).events.map(({ id, missing }) => ({ id: `evt_${id.replaceAll('-', '')}`, missing }));
  }

  /** All pages of a list. */
  private async readAll(path: string): Promise<{ status: number; json: unknown[] }> {
    const pages: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { status, json } = await this.client.get(`${path}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      const page = json as { data: unknown[]; nextCursor: string | null };
      if (status !== 200 || pages.length > 100) return { status, json: [json] };
      pages.push(...page.data);
      cursor = page.nextCursor;
    }
    return { status: 200, json: pages };
  }
}

/** Each id and each moment of the last minutes, or the next ones, by its kind. Any other moment stays as it is. */
function withoutIds(text: string): string {
  const ids = new Map<string, string>();
  return text
    .replaceAll(/\b(evt|ep|dlv|rpl)_[0-9a-f]{32,48}/g, (id, kind: string) => {
      if (!ids.has(id)) ids.set(id, `${kind}-${ids.size}`);
      return ids.get(id) ?? '';
    })
    .replaceAll(/whsec_[A-Za-z0-9+/=]+/g, 'secret')
    .replaceAll(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g, (moment) => (Math.abs(Date.parse(moment.slice(1, -1)) - Date.now()) < 300_000 ? '"now"' : moment));
}

const installations: Installation[] = [];

beforeAll(async () => {
  installations.push(...(await Promise.all([Installation.start({}), Installation.start(HOSTILE_SETTINGS)])));
});

afterAll(async () => {
  await Promise.all(installations.map((installation) => installation.stop()));
});

it('settings of the database and the role change no result, from the migrations to the lists', async () => {
  const [plain, hostile] = await Promise.all(installations.map((installation) => installation.story()));
  expect(hostile).toEqual(plain);
  expect(JSON.stringify(plain)).not.toMatch(/"status":5\d\d/);
  expect(JSON.stringify(plain)).toContain('"balanced":true');
});
