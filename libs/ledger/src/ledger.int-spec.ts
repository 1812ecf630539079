import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { AdmissionRepository } from '#admission/admission.repository';
import type { Disposition } from '#domain/disposition';
import { deliveryId, mintId, toPublicId } from '#domain/ids';
import { OutcomeRepository } from '#outcome/outcome.repository';
import { createPool, databaseOf } from '#postgres/pool';
import { createShardFixture, type ShardFixture } from '#testing/shard-fixture';
import { waitUntil } from '#testing/wait-until';
import { type LedgerReport, reportOf, type ViolationKind } from './ledger.js';
import { type LedgerQuestion, LedgerRepository, type LogBounds } from './ledger.repository.js';

let fixture: ShardFixture;
let pool: pg.Pool;
let reading: pg.Pool;
let admissions: AdmissionRepository;
let outcomes: OutcomeRepository;
let ledger: LedgerRepository;
let epoch: number;
let endpoint: number;
let endpointPublicId: string;
/** Of entity `a`, in the lane's order: delivered at the second attempt, dead, waiting for its second attempt, untouched. */
let delivered: string;
let dead: string;
let waiting: string;
let untouched: string;

const SHARD = 0;

beforeAll(async () => {
  fixture = await createShardFixture();
  pool = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 2, joins: 'by-index' });
  reading = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 1 });
  admissions = new AdmissionRepository(databaseOf(fixture.pool));
  outcomes = new OutcomeRepository(databaseOf(pool));
  ledger = new LedgerRepository(reading);
});

/** A system that has worked for a while, made by what makes it in production. */
beforeEach(async () => {
  await fixture.pool.query('truncate events, inbox, deliveries, attempts, lanes, outbox, idempotency_keys, endpoint_secrets, endpoints, dispatch_outbox, replays, replay_shards');
  await fixture.pool.query('update shard_cursors set next_offset = 0');
  epoch = await fixture.takeShard(SHARD);
  endpoint = await fixture.createEndpoint({ eventTypes: ['order.*'] });
  await fixture.createEndpoint({ eventTypes: ['order.*'], ordering: 'none' });
  endpointPublicId = toPublicId('ep', await textOf('select public_id from endpoints where id = $1', [endpoint]));
  const ids = await fixture.accept([...'aaaab'].map((entity) => ({ shard: SHARD, entity })));
  [delivered = '', dead = '', waiting = '', untouched = ''] = ids;
  const [unrouted = ''] = await fixture.accept([{ shard: SHARD, entity: 'a', type: 'nobody.asked' }]);
  await admit([...ids, unrouted]);
  await attempt(delivered, 1, { kind: 'retry', delayMs: 0 }, 503);
  await attempt(delivered, 2, { kind: 'delivered' }, 204);
  await attempt(dead, 1, { kind: 'retry', delayMs: 0 }, undefined);
  await attempt(dead, 2, { kind: 'dead', reason: 'attempts_exhausted' }, 500);
  await attempt(waiting, 1, { kind: 'retry', delayMs: 3_600_000 }, 503);
  await sql('update shard_cursors set caught_up_at = now()');
});

afterAll(async () => {
  await Promise.all([pool.end(), reading.end()]);
  await fixture.close();
});

async function admit(eventIds: readonly string[]): Promise<void> {
  await admissions.admit([{ shard: SHARD, epoch, eventIds, parked: [], nextOffset: undefined, caughtUp: true }]);
}

async function attempt(eventId: string, number: number, disposition: Disposition, statusCode: number | undefined): Promise<void> {
  const result = { startedAtMs: Date.now(), durationMs: 3, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined };
  const verdicts = await outcomes.commit([{ shard: SHARD, epoch, key: { eventId, endpoint, replay: 0 }, attempt: number, result, disposition, halts: false, tokenTopic: undefined }]);
  expect(verdicts).toEqual(['applied']);
}

async function sql(text: string, values: unknown[] = []): Promise<void> {
  const { rowCount } = await fixture.pool.query(text, values);
  // A test that breaks nothing proves nothing.
  expect(rowCount).toBeGreaterThan(0);
}

async function textOf(text: string, values: unknown[]): Promise<string> {
  const { rows } = await fixture.pool.query<Record<string, string>>(text, values);
  return Object.values(rows[0] ?? {})[0] ?? '';
}

async function verify(question: LedgerQuestion = {}): Promise<LedgerReport> {
  return reportOf(await ledger.read(question));
}

async function violations(olderThanMs?: number, question: LedgerQuestion = {}): Promise<Partial<Record<ViolationKind, readonly string[]>>> {
  const report = await verify({ olderThanMs, ...question });
  expect(report.balanced).toBe(report.violations.length === 0);
  for (const { count, examples } of report.violations) expect(examples).toHaveLength(Math.min(count, 10));
  return Object.fromEntries(report.violations.map(({ kind, examples }) => [kind, examples]));
}

const event = (id: string): string => toPublicId('evt', id);
const delivery = (eventId: string): string => deliveryId({ eventId, endpoint, replay: 0 });
const lane = (entity: string): string => `${endpointPublicId}/${entity}`;

function logsOf(bounds: LogBounds): Map<number, LogBounds> {
  return new Map([0, 1, 2, 3].map((shard) => [shard, bounds]));
}

/** An event that took an hour to leave the outbox, or was lost after it. */
async function acceptAnHourAgo(): Promise<string> {
  const [id = ''] = await fixture.accept([{ shard: SHARD, entity: 'late' }]);
  await sql("update events set accepted_at = now() - interval '1 hour' where id = $1", [id]);
  return id;
}

describe('a balanced ledger', () => {
  it('is one in which everything adds up, with what is dead, waiting and unrouted', async () => {
    expect(await verify()).toMatchObject({
      balanced: true, accepted: 6, notAdmitted: 0, admitted: 6,
      routes: { total: 10, pending: 8, delivered: 1, dead: 1, discarded: 0 }, violations: [],
      tenants: [{
        tenant: 'default', balanced: true, accepted: 6, notAdmitted: 0, admitted: 6, routes: { total: 10, pending: 8, delivered: 1, dead: 1, discarded: 0 },
        endpoints: [
          { endpoint: endpointPublicId, total: 5, pending: 3, delivered: 1, dead: 1, discarded: 0, oldestPendingAt: expect.stringMatching(/^20.*Z$/) as unknown },
          { total: 5, pending: 5, delivered: 0, dead: 0, discarded: 0 },
        ],
      }],
    });
  });

  it('is an empty one too', async () => {
    await fixture.pool.query('truncate events, inbox, deliveries, attempts, lanes');
    expect(await verify()).toMatchObject({ balanced: true, accepted: 0 });
  });

  it('has replays, discarded deliveries and endpoints that were deleted', async () => {
    await sql("insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence) select event_id, endpoint, 1, tenant, shard, lane, 5 from deliveries where event_id = $1 and endpoint = $2", [delivered, endpoint]);
    await sql("update lanes set tail_sequence = 5 where entity = 'a'");
    await sql("update deliveries set status = 'discarded', next_attempt_at = null where event_id = $1 and endpoint = $2", [waiting, endpoint]);
    await sql("update lanes set closed_sequence = 3 where entity = 'a'");
    await sql('update endpoints set deleted_at = now()');
    expect(await violations()).toEqual({});
  });

  it('has dead letters that are replayed, and lanes that are halted at one', async () => {
    await sql("update deliveries set status = 'pending', replayed_attempts = 2 where event_id = $1 and endpoint = $2", [dead, endpoint]);
    await sql("update lanes set replays = 1 where entity = 'a'");
    expect(await violations()).toEqual({});
    await attempt(dead, 3, { kind: 'dead', reason: 'attempts_exhausted' }, 500);
    await sql("update lanes set halted_sequence = 2 where entity = 'a'");
    expect(await violations()).toEqual({});
  });

  it('counts events on their way to their admission as not admitted yet', async () => {
    const [, second = ''] = await fixture.accept([{ shard: SHARD, entity: 'young' }, { shard: SHARD, entity: 'young' }]);
    const queued = await acceptAnHourAgo();
    await sql('insert into outbox (accept_seq, tenant, shard, event_id) select accept_seq, tenant, shard, id from events where id = $1', [queued]);
    await admit([second]);
    expect(await verify()).toMatchObject({ balanced: true, accepted: 9, notAdmitted: 2, admitted: 7 });
  });

  it('has events that left the outbox late and are read this moment, while their shard is busy', async () => {
    // An hour without Kafka: all of the shard's events are late, and it has just caught up with those relayed so far.
    await sql("update events set accepted_at = now() - interval '61 minutes'");
    await acceptAnHourAgo();
    await sql("update events set accepted_at = now() - interval '61 minutes 30 seconds' where entity = 'late'");
    expect(await violations()).toEqual({});
  });

  it('has keys of events whose partition was dropped', async () => {
    await sql("insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at) values ('default', 'old', '', '0190c1f0-0000-7000-8000-0000000000ab', now())");
    expect(await violations()).toEqual({});
  });

  it('has nothing stuck while deliveries wait for a retry, their endpoint is paused, or they are young', async () => {
    await sql("update endpoints set status = 'paused' where id <> $1", [endpoint]);
    await sql("update deliveries set created_at = now() - interval '1 hour' where lane in (select id from lanes where entity = 'a')");
    expect(await violations(600_000)).toEqual({});
  });
});

describe('a violation', () => {
  it('is an accepted event without an inbox row that later ones have passed', async () => {
    const lost = await acceptAnHourAgo();
    const [later = ''] = await fixture.accept([{ shard: SHARD, entity: 'later' }]);
    await admit([later]);
    expect(await violations()).toEqual({ event_not_admitted: [event(lost)] });
  });

  it('is an accepted event without an inbox row on a shard whose owner has caught up and reads nothing any more', async () => {
    const lost = await acceptAnHourAgo();
    await sql("update events set accepted_at = now() - interval '1 hour'");
    await sql("update shard_cursors set caught_up_at = now() - interval '5 minutes'");
    await sql('update shard_leases set renewals = 100');
    expect(await violations()).toEqual({ event_not_admitted: [event(lost)] });
    // Without an owner, or with one that has just come, it may be in Kafka.
    await sql('update shard_leases set renewals = 99');
    expect(await violations()).toEqual({});
    await sql('update shard_leases set renewals = 100, expires_at = now()');
    expect(await violations()).toEqual({});
  });

  it('is an accepted event without an inbox row that is neither in the outbox nor in the log, however young it is', async () => {
    const [lost = '', queued = ''] = await fixture.accept([{ shard: SHARD, entity: 'young' }, { shard: SHARD, entity: 'young' }]);
    await sql('insert into outbox (accept_seq, tenant, shard, event_id) select accept_seq, tenant, shard, id from events where id = $1', [queued]);
    await sql('update shard_cursors set next_offset = 7');
    const read = async (start: number, end: number): Promise<LedgerReport> => verify({ readLogs: () => Promise.resolve(logsOf({ start, end })) });
    expect(await read(0, 8)).toMatchObject({ balanced: true, notAdmitted: 2 });
    expect(await read(0, 7)).toMatchObject({
      violations: [{ kind: 'event_not_admitted', tenant: 'default', count: 1, examples: [event(lost)] }],
      shards: [{ shard: 0, cursor: 7, logStart: 0, logEnd: 7, lag: 0, outbox: 1 }, { shard: 1, outbox: 0 }, {}, {}],
    });
    // What was not read has expired.
    expect(await read(9, 9)).toMatchObject({ violations: [{ kind: 'event_not_admitted' }] });
  });

  it('is a shard that has read further than its log goes', async () => {
    await sql('update shard_cursors set next_offset = 7 where shard = 2');
    expect(await verify({ readLogs: () => Promise.resolve(logsOf({ start: 0, end: 5 })) })).toMatchObject({
      violations: [{ kind: 'cursor_beyond_log', tenant: null, count: 1, examples: ['shard 2: read up to 7, the log ends at 5'] }],
    });
  });

  it('is an inbox row without an event', async () => {
    await sql('delete from events where id = $1', [delivered]);
    expect(await violations()).toEqual({ inbox_without_event: [event(delivered)] });
    expect(await verify()).toMatchObject({ accepted: 5, admitted: 5, notAdmitted: 0 });
  });

  it('is a delivery without an inbox row', async () => {
    await sql('delete from inbox where event_id = $1', [untouched]);
    expect(await violations()).toEqual({ delivery_without_inbox: [delivery(untouched)] });
  });

  it('is a replay without an inbox row, whose event has no other deliveries', async () => {
    const key = { eventId: mintId(), endpoint, replay: 2 };
    await sql("insert into deliveries (event_id, endpoint, replay, tenant, shard) values ($1, $2, $3, 'default', 0)", [key.eventId, endpoint, key.replay]);
    expect(await violations()).toEqual({ delivery_without_inbox: [deliveryId(key)] });
  });

  it('is that one event has lost a delivery and another has one too many', async () => {
    await sql('update inbox set routes = case when event_id = $1 then 1 else 3 end where event_id in ($1, $2)', [delivered, dead]);
    expect(await violations()).toEqual({ routes_differ: [delivered, dead].map(event) });
  });

  it('is a lost delivery: fewer than routes, and a gap in the lane', async () => {
    await sql('delete from deliveries where event_id = $1 and endpoint = $2', [untouched, endpoint]);
    expect(await violations()).toEqual({ routes_differ: [event(untouched)], lane_sequences_broken: [lane('a')], lane_closed_wrong: [lane('a')] });
  });

  it('is a delivery too many, also one that no lane counts', async () => {
    await sql("insert into deliveries (event_id, endpoint, tenant, shard) select event_id, $2, tenant, shard from deliveries where event_id = $1 limit 1", [untouched, await fixture.createEndpoint({ eventTypes: ['nothing'] })]);
    expect(await violations()).toEqual({ routes_differ: [event(untouched)] });
  });

  it('is an event with routes and none of its deliveries there', async () => {
    await sql("update inbox set routes = 3 where event_id in (select id from events where type = 'nobody.asked')");
    expect(await violations()).toEqual({ routes_differ: [event(await textOf("select id from events where type = 'nobody.asked'", []))] });
  });

  it('is a tail that is not the number of the lane\'s deliveries', async () => {
    await sql("update lanes set tail_sequence = 3 where entity = 'a'");
    await sql("update lanes set tail_sequence = 2 where entity = 'b'");
    expect(await violations()).toEqual({ lane_sequences_broken: [lane('a'), lane('b')], lane_closed_wrong: [lane('a'), lane('b')] });
  });

  it('is a lane without deliveries that has a tail', async () => {
    await sql("insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence) values ('default', $1, 'empty', 0, 1, 1)", [endpoint]);
    expect(await violations()).toEqual({ lane_sequences_broken: [lane('empty')] });
  });

  it('is a sequence used twice, although the number of deliveries is right', async () => {
    await sql('update deliveries set sequence = 3 where event_id = $1 and endpoint = $2', [untouched, endpoint]);
    expect(await violations()).toEqual({ lane_sequences_broken: [lane('a')], lane_closed_wrong: [lane('a')] });
  });

  it('is a gap with the highest sequence above the tail', async () => {
    await sql('update deliveries set sequence = 5 where event_id = $1 and endpoint = $2', [untouched, endpoint]);
    expect(await violations()).toEqual({ lane_sequences_broken: [lane('a')], lane_closed_wrong: [lane('a')] });
  });

  it('is a delivery in a lane without a sequence', async () => {
    await sql('update deliveries set sequence = null where event_id = $1 and endpoint = $2', [delivered, endpoint]);
    expect(await violations()).toEqual({ lane_sequences_broken: [lane('a')] });
  });

  it('is a lane that is not there', async () => {
    const id = await textOf("select id::text from lanes where entity = 'b'", []);
    await sql("delete from lanes where entity = 'b'");
    expect(await violations()).toEqual({ lane_missing: [`lane ${id}`] });
  });

  it.each([
    ['above the tail', 5, ['lane_closed_wrong', 'lane_replays_wrong']],
    ['above what is pending', 3, ['lane_replays_wrong']],
    ['below what is terminal', 1, ['lane_closed_wrong']],
  ])('is a closed sequence %s', async (_, closed, kinds) => {
    await sql("update lanes set closed_sequence = $1 where entity = 'a'", [closed]);
    expect(await violations()).toEqual(Object.fromEntries(kinds.map((kind) => [kind, [lane('a')]])));
  });

  it('is a delivery with an outcome before the one ahead of it has one', async () => {
    await sql("update deliveries set status = 'discarded' where event_id = $1 and endpoint = $2", [untouched, endpoint]);
    expect(await violations()).toEqual({ lane_closed_wrong: [lane('a')] });
  });

  it('is a pending delivery among the closed ones that is no replay, and a replay that is not pending', async () => {
    await sql("update deliveries set status = 'pending' where event_id = $1 and endpoint = $2", [dead, endpoint]);
    await sql("update lanes set replays = 1 where entity = 'b'");
    expect(await violations()).toEqual({ lane_replays_wrong: [lane('a'), lane('b')] });
  });

  it.each([
    ['at a delivery that is not dead', 1],
    ['at one that is pending', 3],
    ['at one that is not there', 9],
  ])('is a lane that is halted %s', async (_, sequence) => {
    await sql("update lanes set halted_sequence = $1 where entity = 'a'", [sequence]);
    expect(await violations()).toEqual({ lane_halt_wrong: [lane('a')] });
  });

  it.each(['dead', 'discarded'])('is a second outcome: %s after a 2xx', async (status) => {
    await sql('update deliveries set status = $3::delivery_status where event_id = $1 and endpoint = $2', [delivered, endpoint, status]);
    expect(await violations()).toEqual({ two_outcomes: [delivery(delivered)] });
  });

  it('is a second outcome: delivered by two attempts', async () => {
    await sql('update attempts set status_code = 200 where event_id = $1', [delivered]);
    expect(await violations()).toEqual({ two_outcomes: [delivery(delivered)] });
  });

  it('is a delivery to an endpoint that is not there', async () => {
    await sql('delete from endpoints where id <> $1', [endpoint]);
    const { delivery_without_endpoint: strays } = await violations();
    expect(strays).toHaveLength(5);
    expect(await verify()).toMatchObject({ routes: { total: 10 }, tenants: [{ routes: { total: 5 } }] });
  });

  it('is an outbox row of an event that is not there', async () => {
    const lost = mintId();
    await sql("insert into outbox (accept_seq, tenant, shard, event_id) values (1, 'default', 0, $1)", [lost]);
    expect(await violations()).toEqual({ outbox_without_event: [event(lost)] });
  });

  it.each([
    ['the last attempt of a delivered one', () => delivered, 2],
    ['an earlier attempt of a delivered one', () => delivered, 1],
    ['the last attempt of a dead one', () => dead, 2],
    ['an attempt of a pending one', () => waiting, 1],
  ])('is that %s is missing', async (_, idOf, number) => {
    await sql('delete from attempts where event_id = $1 and number = $2', [idOf(), number]);
    expect(await violations()).toMatchObject({ attempts_differ: [delivery(idOf())] });
  });

  it('is a dead delivery without any attempt', async () => {
    await sql('update deliveries set attempts = 0 where event_id = $1 and endpoint = $2', [dead, endpoint]);
    await sql('delete from attempts where event_id = $1', [dead]);
    expect(await violations()).toEqual({ attempts_differ: [delivery(dead)] });
  });

  it('is an attempt that the delivery does not know of, and one of no delivery', async () => {
    await sql('update attempts set number = 7 where event_id = $1 and number = 1', [delivered]);
    const stranger = mintId();
    for (const id of [untouched, stranger]) {
      await sql("insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms) values ($1, $2, 0, 1, 'default', 1, now(), 1)", [id, endpoint]);
    }
    expect(await violations()).toEqual({ attempts_differ: [delivered, untouched, stranger].sort().map(delivery) });
  });

  it.each([null, 199, 300, 503])('is a delivered one whose last attempt has the status %s', async (statusCode) => {
    await sql('update attempts set status_code = $2 where event_id = $1 and number = 2', [delivered, statusCode]);
    expect(await violations()).toEqual({ delivered_without_success: [delivery(delivered)] });
  });

  it('is a pending one with a 2xx, at its last attempt or before', async () => {
    await attempt(waiting, 2, { kind: 'retry', delayMs: 3_600_000 }, 503);
    for (const number of [2, 1]) {
      await sql('update attempts set status_code = case when number = $2 then 200 else 503 end where event_id = $1', [waiting, number]);
      expect(await violations()).toEqual({ pending_with_success: [delivery(waiting)] });
    }
  });

  it('is an idempotency key of an event that is not there', async () => {
    const lost = mintId();
    await sql("insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at) values ('default', 'kept', '', $1, now()), ('default', 'lost', '', $2, now())", [delivered, lost]);
    expect(await violations()).toEqual({ key_without_event: [event(lost)] });
  });

  it('is, when asked for, a delivery that nothing holds up', async () => {
    await sql("update deliveries set created_at = now() - interval '1 hour', finished_at = case when finished_at is not null then now() - interval '1 hour' end");
    // The lane waits for its head until then.
    expect((await violations(600_000)).stuck).not.toContain(delivery(untouched));
    await sql("update deliveries set next_attempt_at = now() - interval '11 minutes' where event_id = $1 and endpoint = $2", [waiting, endpoint]);
    expect(await violations()).toEqual({});
    const { stuck = [] } = await violations(600_000);
    expect(stuck).toContain(delivery(waiting));
    expect(stuck).toContain(delivery(untouched));
    // With those of the endpoint without order; `delivered` and `dead` of the other are done.
    expect(stuck).toHaveLength(8);
  });

  it.each([
    ['its lane is paused', "update lanes set paused = true where entity = 'a'"],
    ['its lane is halted', "update lanes set halted_sequence = 2 where entity = 'a'"],
    ['its lane moves', "update deliveries set finished_at = now() - interval '5 minutes' where status = 'dead'"],
  ])('is not a delivery that is old because %s', async (_, change) => {
    await sql("update deliveries set created_at = now() - interval '1 hour', next_attempt_at = null, finished_at = case when finished_at is not null then now() - interval '1 hour' end");
    expect((await violations(600_000)).stuck).toContain(delivery(waiting));
    await sql(change);
    const { stuck } = await violations(600_000);
    expect(stuck).not.toContain(delivery(waiting));
    expect(stuck).not.toContain(delivery(untouched));
  });

  it('is not a dead letter whose replay is young', async () => {
    await sql("update endpoints set status = 'paused' where id <> $1", [endpoint]);
    await sql("update deliveries set created_at = now() - interval '1 hour', next_attempt_at = null, finished_at = null, status = 'discarded' where endpoint = $1", [endpoint]);
    await sql("update deliveries set status = 'pending', replayed_attempts = attempts where event_id = $1 and endpoint = $2", [dead, endpoint]);
    expect((await violations(600_000)).stuck).toEqual([delivery(dead)]);
    await sql("insert into replays (id, tenant, action, actor, matched) values ($1, 'default', 'replay', 'test', 1)", [mintId()]);
    await sql("insert into replay_shards (replay, shard, tenant, finished_at) select id, 0, tenant, now() - interval '5 minutes' from replays");
    expect(await violations(600_000)).not.toHaveProperty('stuck');
  });

  it('is counted in full and shown by ten examples', async () => {
    await sql('delete from inbox');
    const ids = await fixture.accept(Array.from({ length: 12 }, () => ({ shard: SHARD, entity: 'many' })));
    await admit(ids);
    await sql('update inbox set routes = routes + 1');
    const report = await verify();
    const found = report.violations.find(({ kind }) => kind === 'routes_differ');
    expect(found).toMatchObject({ count: 12, examples: [...ids].sort().slice(0, 10).map(event) });
  });
});

it('gives up when it is told to, while Postgres lets it wait', async () => {
  const lock = await fixture.pool.connect();
  await lock.query('begin');
  await lock.query('lock table lanes');
  const stopping = new AbortController();
  const reading = expect(ledger.read({ signal: stopping.signal })).rejects.toThrow('Connection terminated');
  await waitUntil('a reading that waits for the lock', async () => (await lock.query("select from pg_locks where relation = 'lanes'::regclass and not granted")).rowCount);
  stopping.abort();
  await reading;
  await lock.query('commit');
  lock.release();
  await expect(ledger.read({ signal: stopping.signal })).rejects.toThrow('aborted');
  expect(await violations()).toEqual({});
});
