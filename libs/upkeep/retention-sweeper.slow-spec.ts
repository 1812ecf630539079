import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { withoutEvent } from '#flow/admission/kafka-record';
import { mintId } from '#domain/ids';
import { POSTED } from '#flow/ingest/event-origin';
import { IngestModule } from '#flow/ingest/ingest.module';
import { IngestService } from '#flow/ingest/ingest.service';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { testModules } from '#dev/testing/test-modules';
import { accept, admissions, ALL, attempt, DAY_MS, daysAgo, epoch, expectDropped, fixture, log, makeOldDays, OLDER, older, OLDEST, oldest, ordered, partitionsOf, readerOf, RETENTION_MS, SHARD, signal, sql, sweeper, sweeperOf, unordered, verify, WHOLE } from './fixtures/old-days.js';

makeOldDays();

describe('a day whose retention is over', () => {
  it('is dropped, and its numbers are kept: the ledger is the same before and after', async () => {
    expect(await verify()).toMatchObject(WHOLE);
    await sweeper.sweep(signal);
    await expectDropped();
    const { rows: endpoints } = await fixture.pool.query('select * from retired_deliveries order by endpoint');
    expect(endpoints).toEqual([
      { endpoint: ordered, tenant: 'default', delivered: 3, dead: 1, discarded: 1, caught_up: 0 },
      { endpoint: unordered, tenant: 'default', delivered: 3, dead: 0, discarded: 1, caught_up: 0 },
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

  it('keeps the number of deliveries that a catch-up has made', async () => {
    await sql('update deliveries set caught_up = true where event_id = any($1) and endpoint = $2', [oldest, unordered]);
    await sql('update inbox set routes = routes - 1 where event_id = any($1)', [oldest]);
    await sql(`with begun as (insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards, finished_at) values ($1, 'default', '-infinity', now() - interval '45 days', 0, 0, now()) returning *)
      insert into catch_up_shards (endpoint, shard, tenant, position, examined, routed, finished_at) select endpoint, $2, tenant, 3, 3, 3, now() from begun`, [unordered, SHARD]);
    expect(await verify()).toMatchObject(WHOLE);
    await sweeper.sweep(signal);
    await expectDropped();
    await sql('update retired_deliveries set caught_up = 2 where endpoint = $1', [unordered]);
    expect((await verify()).violations).toMatchObject([{ kind: 'catch_up_differs', count: 1 }]);
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
    await (await sweeperOf(Date.now() - (today - 39 * DAY_MS) - 1_800_000)).sweep(signal);
    expect(await partitionsOf(OLDEST)).toEqual(ALL);
    await (await sweeperOf(Date.now() - (today - 39 * DAY_MS) - 3_700_000)).sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], ALL]);
  });

  it('is counted once, when two processes sweep at once', async () => {
    const other = await sweeperOf(RETENTION_MS);
    await Promise.all([sweeper.sweep(signal), other.sweep(signal)]);
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

  it('is kept, with those that follow, while an endpoint that begins in the past has still to read it', async () => {
    await sql(`with begun as (insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards) values (0, 'default', '-infinity', now() - interval '45 days', 0, 1) returning *)
      insert into catch_up_shards (endpoint, shard, tenant) select endpoint, $1, tenant from begun`, [SHARD]);
    const readUpTo = (eventId: string | undefined): Promise<void> => sql('update catch_up_shards set position = (select accept_seq from events where id = $1)', [eventId]);
    await readUpTo(oldest[1]);
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([ALL, ALL]);
    expect(log.lines.filter(({ msg }) => msg.includes('is kept'))).toMatchObject([{ day: OLDEST, reason: 'catching_up' }, { day: OLDER, reason: 'catching_up' }]);
    await readUpTo(oldest[2]);
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], ALL]);
    await sql('update catch_up_shards set finished_at = now()');
    await sweeper.sweep(signal);
    expect(await partitionsOf(OLDER)).toEqual([]);
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
    await (await sweeperOf(100 * DAY_MS)).sweep(signal);
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

  it('lets a record that comes again pass by, and refuses what is new', async () => {
    const [fresh = ''] = await fixture.accept([{ shard: SHARD, entity: 'late' }], daysAgo(40));
    await freeze();
    const [today = ''] = await fixture.accept([{ shard: SHARD, entity: 'a' }]);
    const admission = (...eventIds: string[]) => ({ shard: SHARD, epoch, eventIds, parked: [], nextOffset: undefined, caughtUp: false });
    const [verdict] = await admissions.admit([admission(...oldest, today)]);
    expect(verdict).toMatchObject({ kind: 'admitted', admitted: 1, duplicates: oldest.length });
    await expect(admissions.admit([admission(fresh)])).rejects.toMatchObject({ code: '55006' });
  });

  it('has nothing more to change when it is retired and not dropped yet', async () => {
    const end = await readerOf('events');
    await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
    expect((await reopen()).rowCount).toBe(0);
    expect(await verify()).toMatchObject(WHOLE);
    await end();
  });
});

describe('what comes late', () => {
  it('is a post whose key is remembered longer than its event: the same answer', async () => {
    const [eventId = ''] = oldest;
    const payload = Buffer.from('{"n":1}');
    const acceptedAt = daysAgo(40);
    await sql("insert into idempotency_keys (tenant, key, fingerprint, event_id, accepted_at, expires_at) values ('default', 'kept', $1, $2, $3, now() + interval '1 day')", [createHash('sha256').update(payload).digest(), eventId, acceptedAt]);
    await sweeper.sweep(signal);
    const gateway = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), IngestModule], { env: { KAFKA_PARTITIONS: '4', LOCKSTEP_IDEMPOTENCY_RETENTION: '90d' } }).compile();
    const posted = { tenant: 'default', origin: POSTED, type: 'order.created', entity: 'a', occurredAt: undefined, idempotencyKey: 'kept', contentType: 'application/json', traceparent: undefined, attributes: undefined, acceptedBy: 'admin', payload };
    expect(await gateway.get(IngestService).accept(posted)).toEqual({ id: eventId, acceptedAt: acceptedAt.toISOString(), replayed: true });
    await gateway.close();
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
    expect(verdict).toMatchObject({ kind: 'admitted', admitted: 0, unmatched: [{ eventId, elsewhere: false }] });
    const offered = { kind: 'offered', offset: 7, eventId, record: { key: null, value: null, headers: {}, timestamp: '0', attributes: 0, offset: '7' } } as const;
    expect(withoutEvent(offered, false, RETENTION_MS, Date.now())).toEqual({ kind: 'retired', offset: 7 });
    expect(await verify()).toMatchObject(WHOLE);
  });

  it('is such a record while only the partition of events is dropped: nothing is admitted again', async () => {
    const [eventId = ''] = oldest;
    const end = await readerOf('inbox');
    await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
    await end();
    const [verdict] = await admissions.admit([{ shard: SHARD, epoch, eventIds: [eventId], parked: [], nextOffset: undefined, caughtUp: false }]);
    expect(verdict).toMatchObject({ admitted: 0, unmatched: [{ eventId, elsewhere: false }] });
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
