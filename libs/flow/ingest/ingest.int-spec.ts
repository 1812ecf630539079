import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { parseKeyHeader, parseKeyMember } from '#domain/idempotency-key';
import { mintId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { ensureInstallation } from '#ground/postgres/installation';
import { CommitSequence, NotSentError } from '#ground/postgres/group-commit';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { EventRelay } from '#flow/relay/event-relay';
import { type EventOrigin, keyScopeOf, POSTED } from './event-origin.js';
import { IngestModule } from './ingest.module.js';
import { type Accepted, IngestService, type NewEvent } from './ingest.service.js';
import { QueueLimit } from './queue-limit.js';
import { waitUntil } from '#dev/testing/wait-until';

let database: TestDatabase;
let pool: pg.Pool;
const gateways: TestingModule[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 4 });
  await ensureInstallation(databaseOf(pool), 4);
});

afterEach(() => Promise.all(gateways.splice(0).map((gateway) => gateway.close())));

afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Limits {
  readonly keyRetention?: string;
  readonly maxRequests?: number;
  readonly maxBytes?: number;
}

/** Compiles the modules of one more gateway. */
async function gateway({ keyRetention = '1d', maxRequests = 1_000, maxBytes = 10_000_000 }: Limits = {}): Promise<TestingModule> {
  const compiled = await testModules(database.url, [KafkaModule.forRoot({ clientId: 'test' }), IngestModule], { env: { KAFKA_PARTITIONS: '4', LOCKSTEP_IDEMPOTENCY_RETENTION: keyRetention } })
    .overrideProvider(QueueLimit).useValue(new QueueLimit({ minRequests: maxRequests, burst: 0, minRequestsOverloaded: maxRequests, maxBytes }))
    .compile();
  gateways.push(compiled);
  return compiled;
}

const service = async (limits?: Limits): Promise<IngestService> => (await gateway(limits)).get(IngestService);

function event(changes: Partial<NewEvent> = {}): NewEvent {
  return {
    tenant: 'default', origin: POSTED, type: 'order.created', entity: mintId(), occurredAt: undefined, idempotencyKey: undefined,
    contentType: 'application/json', traceparent: undefined, attributes: undefined, acceptedBy: 'admin', payload: Buffer.from(`{"n":"${mintId()}"}`), ...changes,
  };
}

async function stored(entity: string): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select e.*, o.accept_seq is not null as queued from events e left join outbox o on o.event_id = e.id where entity = $1 order by e.accept_seq`, [entity]);
  return rows;
}

const codesOf = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
  results.map((result) => (result.status === 'fulfilled' ? 'accepted' : String((result.reason as { code?: string }).code)));

describe('accept', () => {
  it('stores the bytes unchanged, and queues the event for Kafka', async () => {
    const posted = event({
      payload: Buffer.from('{ "n" : 12345678901234567890, "s":"\\u00fc" }'), occurredAt: new Date('2020-02-02T02:02:02.222Z'), contentType: 'application/json; charset=utf-8',
      idempotencyKey: `key ${mintId()}`, attributes: { 'ce-id': '"7"' }, acceptedBy: 'key_1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    const modules = await gateway();
    const add = jest.spyOn(modules.get(EventRelay), 'add');
    const accepted = await modules.get(IngestService).accept(posted);
    expect(accepted.replayed).toBe(false);
    expect(await stored(posted.entity)).toMatchObject([{
      id: accepted.id, tenant: 'default', type: 'order.created', payload: posted.payload, occurred_at: posted.occurredAt, accepted_at: new Date(accepted.acceptedAt),
      content_type: posted.contentType, idempotency_key: posted.idempotencyKey, traceparent: posted.traceparent, attributes: posted.attributes, accepted_by: 'key_1', source: 'api', queued: true,
    }]);
    expect(add.mock.calls).toMatchObject([[[{ id: accepted.id, payload: posted.payload, attributes: posted.attributes, time: '2020-02-02T02:02:02.222Z', source: 'api' }]]]);
  });

  it('numbers the events of a batch in the order of arrival', async () => {
    const entity = mintId();
    const ingest = await service();
    const accepted = await Promise.all(Array.from({ length: 700 }, () => ingest.accept(event({ entity }))));
    expect((await stored(entity)).map(({ id }) => id)).toEqual(accepted.map(({ id }) => id));
  });

  it('creates one event from 50 concurrent requests with one key, at one gateway and at two', async () => {
    const [one, two] = [await service(), await service()];
    for (const ingests of [[one], [one, two]]) {
      const posted = event({ idempotencyKey: mintId() });
      const accepted = await Promise.all(Array.from({ length: 50 }, (_, i) => (ingests[i % ingests.length] ?? one).accept(posted)));
      expect(new Set(accepted.map(({ id }) => id)).size).toBe(1);
      expect(new Set(accepted.map(({ acceptedAt }) => acceptedAt)).size).toBe(1);
      expect(accepted.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(await stored(posted.entity)).toHaveLength(1);
    }
  });

  it('refuses another body under a used key, at the same time and later', async () => {
    const [ingest, other] = [await service(), await service()];
    const idempotencyKey = mintId();
    const results = await Promise.allSettled([ingest.accept(event({ idempotencyKey })), ingest.accept(event({ idempotencyKey })), other.accept(event({ idempotencyKey }))]);
    expect(codesOf(results).sort()).toEqual(['accepted', 'idempotency_key_reused', 'idempotency_key_reused']);
    expect(codesOf(await Promise.allSettled([ingest.accept(event({ idempotencyKey }))]))).toEqual(['idempotency_key_reused']);
  });

  it('treats a request with the same key and body as a replay, even with another content type', async () => {
    const [ingest, posted] = [await service(), event({ idempotencyKey: mintId() })];
    const { id } = await ingest.accept(posted);
    expect(await ingest.accept({ ...posted, contentType: 'application/json; charset=utf-8' })).toMatchObject({ id, replayed: true });
  });

  it("answers a replay while another body is being refused under the same key", async () => {
    const ingest = await service();
    const first = event({ idempotencyKey: mintId() });
    const { id } = await ingest.accept(first);
    const results = await Promise.allSettled([ingest.accept({ ...first, payload: Buffer.from('{}') }), ingest.accept(first)]);
    expect(codesOf(results)).toEqual(['idempotency_key_reused', 'accepted']);
    expect(results[1]).toMatchObject({ value: { id, replayed: true } });
  });

  it('answers a replay, a reused key and a new event separately when they share a batch', async () => {
    const [ingest, other] = [await service(), await service()];
    const first = event({ idempotencyKey: mintId() });
    const { id } = await ingest.accept(first);
    const fresh = event({ idempotencyKey: mintId() });
    const results = await Promise.allSettled([ingest.accept(fresh), ingest.accept(first), ingest.accept(event({ idempotencyKey: mintId() })), other.accept({ ...first, payload: Buffer.from('{}') })]);
    expect(codesOf(results)).toEqual(['accepted', 'accepted', 'accepted', 'idempotency_key_reused']);
    expect(results[1]).toMatchObject({ value: { id, replayed: true } });
  });

  it('keeps the keys of tenants separate', async () => {
    await pool.query("insert into tenants (id) values ('other') on conflict do nothing");
    const posted = event({ idempotencyKey: mintId() });
    const ingest = await service();
    const [one, other] = await Promise.all([ingest.accept(posted), ingest.accept({ ...posted, tenant: 'other' })]);
    expect(one.id).not.toBe(other.id);
  });

  it('accepts an expired key for a new event', async () => {
    const idempotencyKey = mintId();
    const first = await (await service({ keyRetention: '1s' })).accept(event({ idempotencyKey }));
    await waitUntil('the key expired', async () => (await pool.query('select from idempotency_keys where key = $1 and expires_at <= now()', [idempotencyKey])).rowCount === 1);
    const posted = event({ idempotencyKey });
    const ingest = await service();
    const second = await ingest.accept(posted);
    expect(second).toMatchObject({ replayed: false });
    expect(second.id).not.toBe(first.id);
    expect(await ingest.accept(posted)).toMatchObject({ id: second.id, replayed: true });
  });
});

describe('events of sources', () => {
  const origin = (name: string, comparesBodies: boolean): EventOrigin => ({ source: name, provider: 'github', keyScope: keyScopeOf(toPublicId('src', mintId())), comparesBodies });

  it('are stored under their source, with the key as it came, and relayed with both', async () => {
    const modules = await gateway();
    const add = jest.spyOn(modules.get(EventRelay), 'add');
    const idempotencyKey = mintId();
    const [posted, sent] = [event({ idempotencyKey }), event({ idempotencyKey, origin: origin('stripe', false), acceptedBy: 'src_1' })];
    // Of a batch that has both.
    const [one, other] = await Promise.all([posted, sent].map((each) => modules.get(IngestService).accept(each)));
    expect(one?.id).not.toBe(other?.id);
    expect(await stored(posted.entity)).toMatchObject([{ source: 'api', idempotency_key: idempotencyKey, accepted_by: 'admin' }]);
    expect(await stored(sent.entity)).toMatchObject([{ source: 'stripe', idempotency_key: idempotencyKey, accepted_by: 'src_1' }]);
    expect(add.mock.calls.flat(2).map(({ source }) => source).sort()).toEqual(['api', 'stripe']);
  });

  it('have keys of their own: two sources and the API can have the same', async () => {
    const [ingest, idempotencyKey] = [await service(), mintId()];
    const events = [event({ idempotencyKey }), event({ idempotencyKey, origin: origin('a', true) }), event({ idempotencyKey, origin: origin('b', false) })];
    const first = await Promise.all(events.map((each) => ingest.accept(each)));
    expect(new Set(first.map(({ id }) => id)).size).toBe(3);
    const again = await Promise.all(events.map((each) => ingest.accept(each)));
    expect(again.map(({ id, replayed }) => ({ id, replayed }))).toEqual(first.map(({ id }) => ({ id, replayed: true })));
  });

  it('are remembered for a week at least, since providers resend for days', async () => {
    const [ingest, idempotencyKey] = [await service(), mintId()];
    const { id } = await ingest.accept(event({ idempotencyKey, origin: origin('a', false) }));
    const { rows } = await pool.query<{ days: number }>("select extract(epoch from expires_at - accepted_at)::float8 / 86400 as days from idempotency_keys where event_id = $1", [id]);
    expect(rows).toEqual([{ days: 7 }]);
  });

  it('leave the keys of posts in the same statement as they are', async () => {
    const [ingest, entity] = [await service(), mintId()];
    const events = Array.from({ length: 10 }, () => [event({ entity, idempotencyKey: mintId() }), event({ idempotencyKey: mintId(), origin: origin('a', false) })]).flat();
    await Promise.all(events.map((each) => ingest.accept(each)));
    const { rows } = await pool.query("select extract(epoch from k.expires_at - k.accepted_at)::float8 / 86400 as days, count(*)::integer as keys from idempotency_keys k join events e on e.id = k.event_id where e.entity = $1 group by 1", [entity]);
    expect(rows).toEqual([{ days: 1, keys: 10 }]);
  });

  it('cannot be claimed by a post: no key that a post can have has the scope of a source', () => {
    const claim = keyScopeOf('src_1') + 'evt_1';
    expect(() => parseKeyHeader(claim)).toThrow(LockstepError);
    expect(() => parseKeyMember(claim)).toThrow(LockstepError);
  });

  it('are known by their key alone where bodies are not compared: at the same time, at two gateways and later', async () => {
    const [one, two] = [await service(), await service()];
    const [from, idempotencyKey] = [origin('a', false), mintId()];
    const resend = (ingest: IngestService): Promise<Accepted> => ingest.accept(event({ idempotencyKey, origin: from }));
    const accepted = [...(await Promise.all(Array.from({ length: 20 }, (_, i) => resend(i % 2 === 0 ? one : two)))), await resend(one), await resend(two)];
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(1);
    expect(accepted.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('are refused with another body where bodies are compared', async () => {
    const [ingest, from, idempotencyKey] = [await service(), origin('a', true), mintId()];
    await ingest.accept(event({ idempotencyKey, origin: from }));
    expect(codesOf(await Promise.allSettled([ingest.accept(event({ idempotencyKey, origin: from }))]))).toEqual(['idempotency_key_reused']);
  });
});

describe('acceptInOrder', () => {
  it('answers repeated keys of one statement as one after the other, whether the key was used before or not', async () => {
    const ingest = await service();
    const sequence = new CommitSequence();
    const entity = mintId();
    const used = event({ entity, idempotencyKey: mintId() });
    const { id } = await ingest.accept(used);
    const fresh = event({ entity, idempotencyKey: mintId() });
    const other = (posted: NewEvent): NewEvent => ({ ...posted, payload: Buffer.from('{}') });
    const results = await Promise.allSettled([
      ...[fresh, other(fresh), fresh, other(used), used, other(used)].map((posted) => ingest.acceptInOrder(posted, sequence)),
      // A single post in the same statement.
      ingest.accept(fresh),
    ]);
    expect(codesOf(results)).toEqual(['accepted', 'idempotency_key_reused', 'accepted', 'idempotency_key_reused', 'accepted', 'idempotency_key_reused', 'accepted']);
    const [first, , again, , replayed, , single] = results;
    const freshId = first?.status === 'fulfilled' ? first.value.id : '';
    expect(first).toMatchObject({ value: { replayed: false } });
    for (const repeat of [again, single]) expect(repeat).toMatchObject({ value: { id: freshId, replayed: true } });
    expect(replayed).toMatchObject({ value: { id, replayed: true } });
    expect((await stored(entity)).map((row) => row['id'])).toEqual([id, freshId]);
  });

  it('stores no event after one of its sequence that failed, though single posts move it into a later statement', async () => {
    const ingest = await service();
    const holder = await pool.connect();
    await holder.query('begin; lock table events in access exclusive mode');
    /** The statement of the gateway that waits for the lock. */
    const waiting = (other?: number): Promise<number> => waitUntil('a statement', async () => {
      const { rows: [row] } = await pool.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and pid is distinct from $1`, [other ?? null]);
      return row?.pid;
    });
    const posted = [ingest.accept(event())];
    const [entity, sequence] = [mintId(), new CommitSequence()];
    let items: Promise<Accepted>[] = [];
    try {
      const first = await waiting();
      posted.push(...Array.from({ length: 20 }, () => ingest.accept(event())));
      items = Array.from({ length: 512 }, () => ingest.acceptInOrder(event({ entity }), sequence));
      posted.push(ingest.accept(event()));
      await pool.query('select pg_terminate_backend($1)', [first]);
      await pool.query('select pg_terminate_backend($1)', [await waiting(first)]);
      await waitUntil('the failure', () => sequence.failure !== undefined);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    expect(codesOf(await Promise.allSettled(posted))).toEqual([...Array.from({ length: 21 }, () => 'store_unavailable'), 'accepted']);
    const results = await Promise.allSettled(items);
    expect(codesOf(results.slice(0, 492))).toEqual(Array.from({ length: 492 }, () => 'store_unavailable'));
    expect(results.slice(492).every((result) => result.status === 'rejected' && result.reason instanceof NotSentError)).toBe(true);
    expect(await stored(entity)).toEqual([]);
  });
});

describe('failures', () => {
  it('fails a poison row alone, accepts the other rows, and leaves the key free', async () => {
    await pool.query("alter table events add constraint no_poison check (type <> 'poison') not valid");
    const ingest = await service();
    const poison = event({ type: 'poison', idempotencyKey: mintId() });
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => ingest.accept(i === 7 ? poison : event({ idempotencyKey: mintId() }))));
    expect(codesOf(results)).toEqual(Array.from({ length: 20 }, (_, i) => (i === 7 ? 'invalid_request' : 'accepted')));
    expect(await ingest.accept({ ...poison, type: 'healed' })).toMatchObject({ replayed: false });
  });

  it('reports a missing partition as an outage, not as a bad request', async () => {
    await pool.query(`do $$ declare p text; begin
      for p in select inhrelid::regclass::text from pg_inherits where inhparent = 'events'::regclass loop execute format('alter table events detach partition %I', p); end loop; end $$`);
    try {
      const ingest = await service();
      expect(codesOf(await Promise.allSettled([ingest.accept(event()), ingest.accept(event())]))).toEqual(['store_unavailable', 'store_unavailable']);
    } finally {
      await pool.query(`do $$ declare p text; day date; begin
        for p in select relname from pg_class where relname ~ '^events_\\d{8}$' and relkind = 'r' loop
          day := to_date(right(p, 8), 'YYYYMMDD');
          execute format('alter table events attach partition %I for values from (%L) to (%L)', p, uuid_floor(day::timestamp at time zone 'utc'), uuid_floor((day + 1)::timestamp at time zone 'utc'));
        end loop; end $$`);
    }
  });

  it('sheds requests above the limits in number and in bytes, and accepts more once the queue has drained', async () => {
    for (const ingest of [await service({ maxRequests: 3 }), await service({ maxBytes: 100 })]) {
      const payload = Buffer.alloc(40, '1');
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => ingest.accept(event({ payload }))));
      expect(codesOf(results)).toEqual(['accepted', 'accepted', 'accepted', 'overloaded', 'overloaded']);
      expect(results[4]).toMatchObject({ reason: { retryAfterSeconds: 1 } });
      await ingest.accept(event({ payload }));
    }
  });

  it('is stalled if it sheds because nothing is committed, but not if more arrives than can be committed', async () => {
    const ingest = await service({ maxRequests: 3 });
    await ingest.accept(event());
    const holder = await pool.connect();
    await holder.query('begin; lock table events in access exclusive mode');
    const waiting = Promise.all(Array.from({ length: 3 }, () => ingest.accept(event())));
    expect([ingest.isFull, ingest.isStalled]).toEqual([true, false]);
    await waitUntil('a stall', () => ingest.isStalled);
    await holder.query('rollback');
    holder.release();
    await waiting;
    expect([ingest.isFull, ingest.isStalled]).toEqual([false, false]);
  });

  it('fails requests when its connection is cut, and accepts more on the next connection', async () => {
    const ingest = await service();
    const posts = Promise.allSettled(Array.from({ length: 2_000 }, () => ingest.accept(event({ idempotencyKey: mintId() })).then(() => 'accepted')));
    await pool.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    expect(new Set(codesOf(await posts))).not.toContain('undefined');
    expect(await ingest.accept(event())).toMatchObject({ replayed: false });
  });
});
