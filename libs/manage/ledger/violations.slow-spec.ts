import { describe, expect, it } from '@jest/globals';
import { deliveryId, mintId } from '#domain/ids';
import { acceptAnHourAgo, admit, attempt, dead, delivered, delivery, endpoint, event, fixture, keepBooks, lane, logsOf, SHARD, sql, textOf, untouched, verify, violations, waiting } from './fixtures/books.js';
import type { LedgerReport } from './ledger.js';

keepBooks();

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

  it('is the key that names an event that is not there, among as many keys as there are events', async () => {
    await sql("insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at) select tenant, id::text, '', id, now() from events");
    expect(await violations()).toEqual({});
    const lost = mintId();
    await sql('update idempotency_keys set event_id = $2 where event_id = $1', [delivered, lost]);
    expect(await violations()).toEqual({ key_without_event: [event(lost)] });
    // Without the event that lost its key the numbers differ, too.
    await sql('delete from idempotency_keys where event_id = $1', [untouched]);
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

  it('is found on each of two days', async () => {
    const [yesterdays = ''] = await fixture.accept([{ shard: SHARD, entity: 'c' }], new Date(Date.now() - 86_400_000));
    await admit([yesterdays]);
    expect(await violations()).toEqual({});
    await sql('update inbox set routes = 3 where event_id in ($1, $2)', [yesterdays, delivered]);
    await sql('insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms) select event_id, endpoint, 0, 9, tenant, 1, now(), 1 from deliveries where event_id in ($1, $2) and endpoint = $3', [yesterdays, untouched, endpoint]);
    expect(await violations()).toEqual({ routes_differ: [yesterdays, delivered].map(event), attempts_differ: [yesterdays, untouched].map(delivery) });
  });

  it('is found of an event that has no time in its id', async () => {
    // Of no version that has: uuid_extract_timestamp knows none.
    const id = await textOf("select uuid_floor(now() - interval '1 day')", []);
    await sql("insert into inbox (event_id, tenant, shard, routes) values ($1, 'default', 0, 1)", [id]);
    await sql("insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms) values ($1, $2, 0, 1, 'default', 1, now(), 1)", [id, endpoint]);
    expect(await violations()).toEqual({ inbox_without_event: [event(id)], routes_differ: [event(id)], attempts_differ: [delivery(id)] });
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
