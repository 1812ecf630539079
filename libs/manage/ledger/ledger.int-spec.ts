import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/testing/wait-until';
import { acceptAnHourAgo, admit, attempt, dead, delivered, endpoint, endpointPublicId, fixture, keepBooks, ledger, SHARD, sql, verify, violations, waiting } from './fixtures/books.js';

keepBooks();

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

it('aborts a reading that waits for Postgres', async () => {
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
