import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AdmissionRepository } from '#admission/admission.repository';
import { withoutEvent } from '#admission/kafka-record';
import type { Disposition } from '#domain/disposition';
import { mintId } from '#domain/ids';
import { IngestRepository } from '#ingest/ingest.repository';
import { IngestService } from '#ingest/ingest.service';
import { QueueLimit } from '#ingest/queue-limit';
import { type LedgerReport, reportOf } from '#ledger/ledger';
import { LedgerRepository } from '#ledger/ledger.repository';
import { OutcomeRepository } from '#outcome/outcome.repository';
import { createPool, databaseOf } from '#postgres/pool';
import { captureLog, type LogCapture } from '#testing/log-capture';
import { createShardFixture, type ShardFixture } from '#testing/shard-fixture';
import { waitUntil } from '#testing/wait-until';
import { DayRetirement } from './day-retirement.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionSweeper } from './retention-sweeper.js';

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;
const SHARD = 0;
const { signal } = new AbortController();

let fixture: ShardFixture;
let byIndex: pg.Pool;
let pool: pg.Pool;
let admissions: AdmissionRepository;
let outcomes: OutcomeRepository;
let epoch: number;
let ordered: number;
let unordered: number;
let log: LogCapture;
let sweeper: RetentionSweeper;
/** Events of the two days whose retention is over, in accept order: of entities a, a, b and of a, nobody's. */
let oldest: string[];
let older: string[];

const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);
const nameOf = (days: number): string => daysAgo(days).toISOString().slice(0, 10).replaceAll('-', '');
const OLDEST = nameOf(40);
const OLDER = nameOf(35);

/** Two days of old that are done, with every kind of outcome, and one of today that is not. */
beforeEach(async () => {
  fixture = await createShardFixture();
  byIndex = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 2, joins: 'by-index' });
  pool = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 3 });
  admissions = new AdmissionRepository(databaseOf(fixture.pool));
  outcomes = new OutcomeRepository(databaseOf(byIndex));
  log = captureLog();
  sweeper = new RetentionSweeper(pool, RETENTION_MS, log.logger);
  for (const days of [40, 35]) await fixture.pool.query('select ensure_partitions($1)', [nameOf(days)]);
  epoch = await fixture.takeShard(SHARD);
  ordered = await fixture.createEndpoint({ eventTypes: ['order.*'] });
  unordered = await fixture.createEndpoint({ eventTypes: ['order.*'], ordering: 'none' });
  oldest = await accept(['a', 'a', 'b'], 40);
  const [first = '', second = '', third = ''] = oldest;
  await attempt(first, ordered, 1, { kind: 'retry', delayMs: 0 }, 503);
  await attempt(first, ordered, 2, { kind: 'delivered' }, 200);
  await attempt(second, ordered, 1, { kind: 'dead', reason: 'attempts_exhausted' }, 500);
  await attempt(third, ordered, 1, { kind: 'delivered' }, 200);
  for (const id of oldest) await attempt(id, unordered, 1, { kind: 'delivered' }, 200);
  older = await accept(['a'], 35);
  const [fourth = ''] = older;
  await attempt(fourth, ordered, 1, { kind: 'delivered' }, 200);
  await sql("update deliveries set status = 'discarded', finished_at = now() where event_id = $1 and endpoint = $2", [fourth, unordered]);
  older.push(...(await accept(['a'], 35, 'nobody.asked')));
  // Replayed later, so that an old partition holds a sequence above one of a younger one.
  await sql("insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence) select event_id, endpoint, 1, tenant, shard, lane, 4 from deliveries where event_id = $1 and endpoint = $2", [first, ordered]);
  await sql("update deliveries set status = 'discarded', finished_at = now() where event_id = $1 and replay = 1", [first]);
  await sql("update lanes set tail_sequence = 4, closed_sequence = 4 where entity = 'a'");
  await accept(['a'], 0);
  // What is dead is in Kafka.
  await sql('delete from dispatch_outbox');
});

afterEach(async () => {
  await Promise.all([byIndex.end(), pool.end()]);
  await fixture.close();
});

async function accept(entities: readonly string[], days: number, type?: string): Promise<string[]> {
  const ids = await fixture.accept(entities.map((entity) => ({ shard: SHARD, entity, ...(type === undefined ? {} : { type }) })), days === 0 ? undefined : daysAgo(days));
  await admissions.admit([{ shard: SHARD, epoch, eventIds: ids, parked: [], nextOffset: undefined, caughtUp: true }]);
  return ids;
}

async function attempt(eventId: string, endpoint: number, number: number, disposition: Disposition, statusCode: number): Promise<void> {
  const result = { startedAtMs: Date.now(), durationMs: 3, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined };
  expect(await outcomes.commit([{ shard: SHARD, epoch, key: { eventId, endpoint, replay: 0 }, attempt: number, result, disposition, halts: false, tokenTopic: undefined }])).toEqual(['applied']);
}

/** Changes something: a test that breaks nothing proves nothing. */
async function sql(text: string, values: unknown[] = []): Promise<void> {
  const { rowCount } = await fixture.pool.query(text, values);
  expect(rowCount).toBeGreaterThan(0);
}

async function verify(): Promise<LedgerReport> {
  const reading = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 1 });
  try {
    return reportOf(await new LedgerRepository(reading).read({ olderThanMs: undefined }));
  } finally {
    await reading.end();
  }
}

/** Events 3 + 2 + 1; deliveries 6 + 2 + 2 and the replay. */
const WHOLE = {
  balanced: true, accepted: 6, notAdmitted: 0, admitted: 6,
  routes: { total: 11, pending: 2, delivered: 6, dead: 1, discarded: 2 }, violations: [],
  tenants: [{
    tenant: 'default', accepted: 6, notAdmitted: 0, admitted: 6, routes: { total: 11, pending: 2, delivered: 6, dead: 1, discarded: 2 },
    endpoints: [{ total: 6, pending: 1, delivered: 3, dead: 1, discarded: 1 }, { total: 5, pending: 1, delivered: 3, dead: 0, discarded: 1 }],
  }],
};

async function partitionsOf(day: string): Promise<string[]> {
  const { rows } = await fixture.pool.query<{ name: string }>("select relname as name from pg_class where relkind = 'r' and relname like '%\\_' || $1 order by 1", [day]);
  return rows.map(({ name }) => name.replace(`_${day}`, ''));
}

const ALL = ['attempts', 'deliveries', 'events', 'inbox'];

async function expectDropped(): Promise<void> {
  expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], []]);
  const { rows } = await fixture.pool.query("select to_char(day, 'YYYYMMDD') as day, events, deliveries, dropped_at is not null as dropped from retired_days order by day");
  expect(rows).toEqual([{ day: OLDEST, events: 3, deliveries: 7, dropped: true }, { day: OLDER, events: 2, deliveries: 2, dropped: true }]);
  expect(await verify()).toMatchObject(WHOLE);
}

/** A session that is in the middle of reading a table, as a long report or a backup is. */
async function readerOf(table: string): Promise<() => Promise<void>> {
  const client = await fixture.pool.connect();
  await client.query('begin isolation level repeatable read');
  await client.query(`select from ${table} limit 1`);
  return async () => {
    await client.query('commit');
    client.release();
  };
}

describe('a day whose retention is over', () => {
  it('is dropped, and its numbers are kept: the ledger is the same before and after', async () => {
    expect(await verify()).toMatchObject(WHOLE);
    await sweeper.sweep(signal);
    await expectDropped();
    const { rows: endpoints } = await fixture.pool.query('select * from retired_deliveries order by endpoint');
    expect(endpoints).toEqual([
      { endpoint: ordered, tenant: 'default', delivered: 3, dead: 1, discarded: 1 },
      { endpoint: unordered, tenant: 'default', delivered: 3, dead: 0, discarded: 1 },
    ]);
    expect((await fixture.pool.query('select tenant, events from retired_events')).rows).toEqual([{ tenant: 'default', events: 5 }]);
    // Again: nothing is left to do, and nothing is counted twice.
    await sweeper.sweep(signal);
    await expectDropped();
  });

  it('leaves its lanes going on where they were', async () => {
    await sweeper.sweep(signal);
    const [next = ''] = await accept(['a'], 0);
    const { rows } = await fixture.pool.query('select sequence from deliveries where event_id = $1 and endpoint = $2', [next, ordered]);
    expect(rows).toEqual([{ sequence: 6 }]);
    expect(await verify()).toMatchObject({ balanced: true, accepted: 7 });
  });

  it('is missed by the ledger when a number of it is lost, or counted twice', async () => {
    await sweeper.sweep(signal);
    await sql("update retired_lanes set fingerprint = fingerprint # 1 where lane = (select id from lanes where entity = 'a')");
    expect((await verify()).violations).toMatchObject([{ kind: 'lane_sequences_broken', count: 1 }]);
    await sql("delete from retired_lanes where lane = (select id from lanes where entity = 'a')");
    expect((await verify()).violations).toMatchObject([{ kind: 'lane_sequences_broken', count: 1 }]);
  });

  it('is missed by the ledger when a lane is lost that has no other deliveries', async () => {
    await sweeper.sweep(signal);
    const { rows } = await fixture.pool.query<{ id: number }>("delete from lanes where entity = 'b' returning id");
    expect((await verify()).violations).toEqual([{ kind: 'lane_missing', tenant: 'default', count: 1, examples: rows.map(({ id }) => `lane ${id}`) }]);
  });

  it('is kept for an hour more, for clocks that differ', async () => {
    const today = Date.parse(new Date().toISOString().slice(0, 10));
    // The oldest day ended 39 days before today began.
    await new RetentionSweeper(pool, Date.now() - (today - 39 * DAY_MS) - 1_800_000, log.logger).sweep(signal);
    expect(await partitionsOf(OLDEST)).toEqual(ALL);
    await new RetentionSweeper(pool, Date.now() - (today - 39 * DAY_MS) - 3_700_000, log.logger).sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], ALL]);
  });

  it('is counted once, when two processes sweep at once', async () => {
    await Promise.all([sweeper.sweep(signal), new RetentionSweeper(pool, RETENTION_MS, log.logger).sweep(signal)]);
    await sweeper.sweep(signal);
    await expectDropped();
  });
});

describe('a day of which something is open', () => {
  const record = (topic: string, headers: string, value: string): Promise<void> =>
    sql("insert into dispatch_outbox (tenant, shard, topic, headers, value) values ('default', 0, $1, $2, convert_to($3, 'UTF8'))", [topic, headers, value]);
  const replay = (eventId: string | null): Promise<void> =>
    sql("with r as (insert into replays (id, tenant, action, event_id, actor, matched) values (gen_random_uuid(), 'default', 'replay', $1, 'test', 1) returning id) insert into replay_shards (replay, shard, tenant) select id, 0, 'default' from r", [eventId]);

  it.each<[string, string, () => Promise<void>, () => Promise<void>]>([
    ['a pending delivery', 'pending',
      () => sql("update deliveries set status = 'pending' where event_id = $1 and endpoint = $2", [oldest[2], unordered]),
      () => sql("update deliveries set status = 'delivered' where event_id = $1 and endpoint = $2", [oldest[2], unordered])],
    ['the dead letter at which a lane is halted', 'halted',
      () => sql("update lanes set halted_sequence = 2 where entity = 'a'"),
      () => sql("update lanes set halted_sequence = null where entity = 'a'")],
    ['an event in the outbox', 'relaying',
      () => sql('insert into outbox (tenant, shard, accept_seq, event_id) select tenant, shard, accept_seq, id from events where id = $1', [oldest[1]]),
      () => sql('delete from outbox')],
    ['a dead letter on its way to Kafka', 'relaying',
      () => record('dlq', JSON.stringify({ ce_id: `evt_${oldest[1]?.replaceAll('-', '')}` }), '{}'),
      () => sql('delete from dispatch_outbox')],
    ['a retry token on its way to Kafka', 'relaying',
      () => record('retry.1s', '{}', JSON.stringify({ eventId: oldest[1], endpoint: 1 })),
      () => sql('delete from dispatch_outbox')],
    ['dead letters that are being replayed', 'replaying', () => replay(null), () => sql('update replay_shards set finished_at = now()')],
    ['an event that is being replayed', 'replaying', () => replay(oldest[0] ?? ''), () => sql('update replay_shards set finished_at = now()')],
    ['an event that was not admitted', 'not_admitted',
      async () => {
        const [id = ''] = await fixture.accept([{ shard: SHARD, entity: 'late', type: 'nobody.asked' }], daysAgo(40));
        oldest.push(id);
      },
      () => sql("insert into inbox (event_id, tenant, shard, routes) select id, tenant, shard, 0 from events where entity = 'late'")],
    ['books that do not add up', 'unbalanced',
      () => sql('update inbox set routes = routes + 1 where event_id = $1', [oldest[0]]),
      () => sql('update inbox set routes = routes - 1 where event_id = $1', [oldest[0]])],
  ])('is kept, writable, for %s; the others go, and it does when that is over', async (_, reason, open, close) => {
    await open();
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([ALL, []]);
    expect(log.lines.filter(({ msg }) => msg.includes('is kept'))).toMatchObject([{ day: OLDEST, level: reason === 'unbalanced' ? 50 : 30, ...(reason === 'unbalanced' ? {} : { reason }) }]);
    await close();
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], []]);
    expect(await verify()).toMatchObject({ balanced: true, routes: WHOLE.routes });
  });

  it('is kept when it opens while it is being frozen', async () => {
    const operator = await fixture.pool.connect();
    try {
      await operator.query('begin');
      await operator.query("update deliveries set status = 'pending' where event_id = $1 and endpoint = $2", [oldest[1], ordered]);
      await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
      await operator.query('commit');
    } finally {
      operator.release();
    }
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([ALL, []]);
    // Thawed: its outcome can be committed.
    await sql("update deliveries set status = 'delivered' where event_id = $1 and endpoint = $2", [oldest[1], ordered]);
  });

  it('is thawed when its retention was prolonged after it was frozen', async () => {
    await sql("select freeze_partition(t, $1::date, true) from unnest(array['events', 'deliveries']) t", [OLDEST]);
    const change = (): Promise<void> => sql('update deliveries set attempts = attempts where event_id = $1', [oldest[0]]);
    await expect(change()).rejects.toMatchObject({ code: '55006' });
    await new RetentionSweeper(pool, 100 * DAY_MS, log.logger).sweep(signal);
    await change();
    expect(await partitionsOf(OLDEST)).toEqual(ALL);
  });
});

describe('a frozen day', () => {
  const freeze = (): Promise<void> => sql("select freeze_partition(t, $1::date, true) from unnest(array['events', 'inbox', 'deliveries']) t", [OLDEST]);
  const reopen = (): Promise<pg.QueryResult> => fixture.pool.query("update deliveries set status = 'pending' where event_id = $1 and endpoint = $2", [oldest[1], ordered]);

  it('takes outcomes of what is pending, and lets nothing become pending', async () => {
    const { rows: [attempts] } = await fixture.pool.query<{ n: number }>('select count(*) as n from attempts');
    await sql("update deliveries set status = 'pending' where event_id = $1 and endpoint = $2", [oldest[1], ordered]);
    await sql("update lanes set replays = 1 where entity = 'a'");
    await freeze();
    await attempt(oldest[1] ?? '', ordered, 2, { kind: 'delivered' }, 200);
    expect((await fixture.pool.query<{ n: number }>('select count(*) as n from attempts')).rows).toEqual([{ n: (attempts?.n ?? 0) + 1 }]);
    await expect(reopen()).rejects.toMatchObject({ code: '55006' });
    await expect(fixture.pool.query('insert into deliveries select event_id, endpoint, 9, tenant, shard from deliveries where event_id = $1 and endpoint = $2', [oldest[1], unordered])).rejects.toMatchObject({ code: '55006' });
    await sweeper.sweep(signal);
    expect(await verify()).toMatchObject({ ...WHOLE, routes: { ...WHOLE.routes, delivered: 7, dead: 0 }, tenants: [{ routes: { delivered: 7, dead: 0 } }] });
  });

  it('has nothing more to change when it is retired and not dropped yet', async () => {
    const end = await readerOf('events');
    await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
    expect((await reopen()).rowCount).toBe(0);
    expect(await verify()).toMatchObject(WHOLE);
    await end();
  });
});

describe('a long reader', () => {
  it.each(ALL)('of %s holds the drop up, and nothing else: neither writers nor the ledger', async (table) => {
    const end = await readerOf(table);
    try {
      await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
      const startedAt = performance.now();
      const [id = ''] = await accept(['c'], 0);
      await attempt(id, ordered, 1, { kind: 'delivered' }, 200);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(await verify()).toMatchObject({ balanced: true, accepted: 7, routes: { ...WHOLE.routes, total: 13, delivered: 7, pending: 3 } });
      // Once more while it still reads: the end of what was interrupted waits for it too.
      await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
      expect(await verify()).toMatchObject({ balanced: true, accepted: 7 });
    } finally {
      await end();
    }
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], []]);
    expect(await verify()).toMatchObject({ balanced: true, accepted: 7 });
  });

  it('sees the day to its end: the ledger, read while days are retired, is balanced at every moment', async () => {
    let swept = false;
    const sweeping = (async () => {
      // The ledger's locks hold it up now and then.
      while (!(await sweeper.sweep(signal).then(() => true, (error: unknown) => {
        expect(error).toMatchObject({ code: '55P03' });
        return false;
      })));
      swept = true;
    })();
    do expect(await verify()).toMatchObject(WHOLE); while (!swept);
    await sweeping;
    await expectDropped();
  });
});

describe('a crash', () => {
  /** Runs a retirement that is cut off right after the first of these calls has done its work; says whether there was one. */
  async function crashAfter(...steps: (keyof RetentionRepository)[]): Promise<boolean> {
    const client = await pool.connect();
    const repository = await RetentionRepository.on(client);
    const crashing = new Proxy(repository, {
      get: (target, name: keyof RetentionRepository) => async (...parameters: unknown[]) => {
        const result: unknown = await (target[name] as (...given: unknown[]) => Promise<unknown>).apply(target, parameters);
        if (steps.includes(name)) throw new Error('crash');
        return result;
      },
    });
    try {
      const open = await repository.openDay();
      const retirement = new DayRetirement(crashing);
      if (open !== undefined) await retirement.drop(open);
      for (const day of await repository.days(RETENTION_MS)) await retirement.retire(day);
      return false;
    } catch (error) {
      expect(error).toMatchObject({ message: 'crash' });
      return true;
    } finally {
      client.release(true);
    }
  }

  it('after each step loses no number and counts none twice', async () => {
    let crashes = 0;
    for (; await crashAfter('retire', 'detach', 'drop', 'close'); crashes++) expect(await verify()).toMatchObject(WHOLE);
    // Two days: retired, four partitions detached and dropped, closed.
    expect(crashes).toBe(20);
    await expectDropped();
  });

  it.each(['freeze', 'retire', 'detach', 'drop', 'close'] as const)('after "%s" is repaired by the next run', async (step) => {
    expect(await crashAfter(step)).toBe(true);
    expect(await verify()).toMatchObject(WHOLE);
    await sweeper.sweep(signal);
    await expectDropped();
  });

  it('in the middle of a detachment is repaired by the next run', async () => {
    const end = await readerOf('inbox');
    const sweep = sweeper.sweep(signal);
    const killed = expect(sweep).rejects.toThrow();
    await waitUntil('the session that detaches is ended', async () => {
      const { rows } = await fixture.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'alter table inbox detach%concurrently' and wait_event_type = 'Lock'");
      return rows.length > 0;
    });
    await killed;
    const { rows } = await fixture.pool.query('select inhrelid::regclass::text as name from pg_inherits where inhdetachpending');
    expect(rows).toEqual([{ name: `inbox_${OLDEST}` }]);
    expect(await verify()).toMatchObject(WHOLE);
    await end();
    await sweeper.sweep(signal);
    await expectDropped();
  });

  it('leaves the lock to the next process', async () => {
    const cut = new AbortController();
    const end = await readerOf('events');
    const sweep = sweeper.sweep(cut.signal);
    const ended = expect(sweep).rejects.toThrow();
    await waitUntil('it waits for the reader', async () => ((await fixture.pool.query("select from pg_stat_activity where datname = current_database() and query like 'alter table events detach%' and wait_event_type = 'Lock'")).rowCount ?? 0) > 0);
    cut.abort();
    await ended;
    await end();
    await waitUntil('another one has done it', async () => {
      await sweeper.sweep(signal);
      return (await partitionsOf(OLDER)).length === 0;
    });
    await expectDropped();
  });
});

describe('what comes late', () => {
  it('is a post whose key is remembered longer than its event: the same answer', async () => {
    const [eventId = ''] = oldest;
    const payload = Buffer.from('{"n":1}');
    const acceptedAt = daysAgo(40);
    await sql("insert into idempotency_keys (tenant, key, fingerprint, event_id, accepted_at, expires_at) values ('default', 'kept', $1, $2, $3, now() + interval '1 day')", [createHash('sha256').update(payload).digest(), eventId, acceptedAt]);
    await sweeper.sweep(signal);
    const ingest = new IngestService(new IngestRepository(databaseOf(fixture.pool), 90 * DAY_MS), { shards: 4, queueLimit: new QueueLimit(), maxQueuedBytes: 10_000, onCommitted: () => undefined });
    const posted = { tenant: 'default', type: 'order.created', entity: 'a', occurredAt: undefined, idempotencyKey: 'kept', contentType: 'application/json', traceparent: undefined, payload };
    expect(await ingest.accept(posted)).toEqual({ id: eventId, acceptedAt: acceptedAt.toISOString(), replayed: true });
    expect(await verify()).toMatchObject(WHOLE);
  });

  it('is a key without its event in a day between two that are kept', async () => {
    await sql("update deliveries set status = 'pending' where event_id = $1 and endpoint = $2", [oldest[2], unordered]);
    await sql('update attempts set status_code = 500 where event_id = $1 and endpoint = $2', [oldest[2], unordered]);
    await sql("insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at) values ('default', 'kept', '', $1, now() + interval '1 day')", [older[0]]);
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([ALL, []]);
    expect(await verify()).toMatchObject({ balanced: true, violations: [] });
  });

  it('is a Kafka record of the event: unknown to Postgres, and retired', async () => {
    const [eventId = ''] = oldest;
    await sweeper.sweep(signal);
    const [verdict] = await admissions.admit([{ shard: SHARD, epoch, eventIds: [eventId], parked: [], nextOffset: undefined, caughtUp: false }]);
    expect(verdict).toMatchObject({ kind: 'admitted', admitted: 0, unknown: [{ eventId, elsewhere: false }] });
    const offered = { kind: 'offered', offset: 7, eventId, record: { key: null, value: null, headers: {}, timestamp: '0', attributes: 0, offset: '7' } } as const;
    expect(withoutEvent(offered, false, RETENTION_MS, Date.now())).toEqual({ kind: 'retired', offset: 7 });
    expect(await verify()).toMatchObject(WHOLE);
  });

  it('is such a record while only the partition of events is gone: nothing is admitted anew', async () => {
    const [eventId = ''] = oldest;
    const end = await readerOf('inbox');
    await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
    await end();
    const [verdict] = await admissions.admit([{ shard: SHARD, epoch, eventIds: [eventId], parked: [], nextOffset: undefined, caughtUp: false }]);
    expect(verdict).toMatchObject({ admitted: 0, unknown: [{ eventId, elsewhere: false }] });
  });

  it('is an event of that day by a clock that is far behind: refused as an outage, never lost', async () => {
    const client = await fixture.pool.connect();
    client.release();
    await sql("select freeze_partition('events', $1::date, true)", [OLDEST]);
    await expect(fixture.accept([{ shard: SHARD, entity: mintId() }], daysAgo(40))).rejects.toMatchObject({ code: '55006' });
    await sweeper.sweep(signal);
    await expect(fixture.accept([{ shard: SHARD, entity: mintId() }], daysAgo(40))).rejects.toThrow('no partition of relation');
  });
});
