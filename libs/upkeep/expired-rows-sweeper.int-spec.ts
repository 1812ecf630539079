import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { mintId } from '#domain/ids';
import { IngestModule } from '#flow/ingest/ingest.module';
import { POSTED } from '#flow/ingest/event-origin';
import { IngestService, type NewEvent } from '#flow/ingest/ingest.service';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { poolToken } from '#ground/postgres/inject-postgres';
import { databaseOf } from '#ground/postgres/pool';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture, SHARDS } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { recordAuditRetention } from './audit-retention.js';
import { ExpiredRowsSweeper } from './expired-rows-sweeper.js';
import { RetentionModule } from './retention.module.js';

const { signal } = new AbortController();

let fixture: ShardFixture;
let log: LogCapture;
let gateway: TestingModule;
let pool: pg.Pool;
let sweeper: ExpiredRowsSweeper;

beforeAll(async () => {
  fixture = await createShardFixture();
  log = captureLog();
  const env = { KAFKA_PARTITIONS: String(SHARDS), LOCKSTEP_IDEMPOTENCY_RETENTION: '1h' };
  gateway = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), IngestModule, RetentionModule], { env, logger: log.logger }).compile();
  pool = gateway.get(poolToken('keys'));
  sweeper = gateway.get(ExpiredRowsSweeper);
  // Records how many rows each statement deleted.
  await fixture.pool.query(`
    create table deletions (n integer);
    create function note_deletion() returns trigger language plpgsql as 'begin insert into deletions select count(*) from deleted; return null; end';
    create trigger note_deletion after delete on idempotency_keys referencing old table as deleted for each statement execute function note_deletion();
  `);
});

beforeEach(async () => {
  await fixture.pool.query('truncate idempotency_keys, deletions');
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

async function addKeys(prefix: string, number: number, age: string): Promise<void> {
  await fixture.pool.query(
    "insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at) select 'default', $1 || n, '', gen_random_uuid(), now() - $3::interval from generate_series(1, $2::integer) n",
    [prefix, number, age]);
}

async function keys(): Promise<string[]> {
  const { rows } = await fixture.pool.query<{ key: string }>('select key from idempotency_keys order by key');
  return rows.map(({ key }) => key);
}

const event = (idempotencyKey: string): NewEvent => ({
  tenant: 'default', origin: POSTED, type: 'order.created', entity: mintId(), occurredAt: undefined, idempotencyKey, contentType: 'application/json', traceparent: undefined, attributes: undefined, acceptedBy: 'admin', payload: Buffer.from('{}'),
});

async function waitsForALock(): Promise<boolean> {
  const { rowCount } = await fixture.pool.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
  return (rowCount ?? 0) > 0;
}

describe('ExpiredRowsSweeper', () => {
  it('deletes all expired keys and no others, at most 1,000 per statement', async () => {
    await addKeys('expired ', 2_500, '1 second');
    await addKeys('live ', 3, '-1 hour');
    expect(await sweeper.sweep(signal)).toBe(2_500);
    expect(await keys()).toEqual(['live 1', 'live 2', 'live 3']);
    const { rows } = await fixture.pool.query<{ n: number }>('select n from deletions order by n');
    expect(rows.map(({ n }) => n)).toEqual([500, 1_000, 1_000]);
    expect(await sweeper.sweep(signal)).toBe(0);
  });

  it('finds them by the index on their expiry, without reading all keys', async () => {
    await addKeys('live ', 20_000, '-1 hour');
    const client = await pool.connect();
    try {
      const { rows } = await client.query<Record<string, string>>("explain select ctid from idempotency_keys where expires_at <= now() limit 50000");
      expect(JSON.stringify(rows)).toContain('idempotency_keys_expires_at');
    } finally {
      client.release();
    }
  });

  it('skips a key that ingest is claiming, without waiting for it', async () => {
    await addKeys('key ', 3, '1 second');
    const client = await fixture.pool.connect();
    try {
      await client.query('begin');
      // What accept-batch.sql does with an expired key.
      await client.query("update idempotency_keys set event_id = gen_random_uuid(), expires_at = now() + interval '1 hour' where key = 'key 2'");
      expect(await sweeper.sweep(signal)).toBe(2);
      await client.query('commit');
    } finally {
      client.release();
    }
    expect(await sweeper.sweep(signal)).toBe(0);
    expect(await keys()).toEqual(['key 2']);
  });

  it('deletes a key while a post with it waits: the post becomes a new event, once', async () => {
    await addKeys('key ', 1, '1 second');
    const client = await fixture.pool.connect();
    try {
      await client.query('begin');
      await client.query("delete from idempotency_keys where key = 'key 1'");
      const posted = event('key 1');
      const accepted = gateway.get(IngestService).accept(posted);
      await waitUntil('the post waits for the sweeper', waitsForALock);
      await client.query('commit');
      const { id, replayed } = await accepted;
      expect(replayed).toBe(false);
      expect(await gateway.get(IngestService).accept(posted)).toMatchObject({ id, replayed: true });
    } finally {
      client.release();
    }
  });

  it('an expired key that is not deleted yet does not affect a post', async () => {
    await addKeys('key ', 1, '0 seconds');
    const posted = event('key 1');
    const { id, replayed } = await gateway.get(IngestService).accept(posted);
    expect(replayed).toBe(false);
    expect(await sweeper.sweep(signal)).toBe(0);
    expect(await gateway.get(IngestService).accept(posted)).toMatchObject({ id, replayed: true });
  });

  it('leaves the work to another process that is sweeping', async () => {
    await addKeys('key ', 1, '1 second');
    const other = await fixture.pool.connect();
    try {
      await other.query("select pg_advisory_lock(hashtext('lockstep.expired-keys'))");
      expect(await sweeper.sweep(signal)).toBe(0);
      expect(await keys()).toHaveLength(1);
    } finally {
      // With the connection, as when the process dies.
      other.release(true);
    }
    await waitUntil('the sweeper has its turn', async () => (await sweeper.sweep(signal)) === 1);
  });

  it('deletes counts of duplicates after the retention of events, and no younger ones', async () => {
    await fixture.pool.query(
      `insert into event_duplicates (event_id, minute, key, requests, first_at, last_at)
       select gen_random_uuid(), now() - age * interval '1 day', 'admin', 1, now(), now() from unnest('{29,31}'::integer[]) age`);
    expect(await sweeper.sweep(signal)).toBe(1);
    expect((await fixture.pool.query("select from event_duplicates where minute > now() - interval '30 days'")).rowCount).toBe(1);
  });

  it('deletes counts of rejections after the retention of events, and no younger ones', async () => {
    await fixture.pool.query(
      `insert into rejections (tenant, minute, source, key, code, requests, last_detail, last_at)
       select 'default', now() - age * interval '1 day', 'api', 'admin', 'duplicate', 1, '', now() from unnest('{29,31}'::integer[]) age`);
    expect(await sweeper.sweep(signal)).toBe(1);
    expect((await fixture.pool.query("select from rejections where minute > now() - interval '30 days'")).rowCount).toBe(1);
  });

  it('deletes counts of sources after the retention of events, and no younger ones', async () => {
    await fixture.pool.query(
      `with source as (insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', 'stripe', 'stripe') returning id)
       insert into source_activity (source, minute, outcome, requests, last_detail, last_at)
       select id, now() - age * interval '1 day', 'accepted', 1, '', now() from source, unnest('{29,31}'::integer[]) age`);
    expect(await sweeper.sweep(signal)).toBe(1);
    expect((await fixture.pool.query("select from source_activity where minute > now() - interval '30 days'")).rowCount).toBe(1);
  });

  it.each([
    ['sample_rollups', "tenant, dimension, name", "'default', 'endpoint', '1'"],
    ['samples', 'subject', "'endpoint/1'"],
  ])('deletes numbers of minutes after two days and those of hours after the retention of events, and no younger ones: %s', async (table, columns, values) => {
    await fixture.pool.query(
      `insert into ${table} (${columns}, step, at, measure, count, sum, buckets)
       select ${values}, step, now() - age * interval '1 hour', 'latency', 1, 1, '{1}' from (values (60, 3), (60, 47), (60, 49), (3600, 49), (3600, 719), (3600, 721)) as s (step, age)`);
    expect(await sweeper.sweep(signal)).toBe(2);
    const { rows } = await fixture.pool.query<{ step: number; hours: number }>(`select step, round(extract(epoch from now() - at) / 3600)::integer as hours from ${table} order by step, at desc`);
    expect(rows).toEqual([{ step: 60, hours: 3 }, { step: 60, hours: 47 }, { step: 3600, hours: 49 }, { step: 3600, hours: 719 }]);
  });

  it('deletes buckets of rate limits that were full and unused for a day, and no others', async () => {
    await fixture.pool.query("insert into token_buckets (id, tokens, refilled_at, full_at) select 'key/' || hours, 1, now() - interval '3 days', now() - hours * interval '1 hour' from unnest('{-1,23,25}'::integer[]) hours");
    expect(await sweeper.sweep(signal)).toBe(1);
    const { rows } = await fixture.pool.query<{ id: string }>('select id from token_buckets order by id');
    expect(rows).toEqual([{ id: 'key/-1' }, { id: 'key/23' }]);
  });

  it('deletes audit rows after their retention, and Postgres refuses to delete or change any other', async () => {
    const database = databaseOf(fixture.pool);
    const agesLeft = async (): Promise<number[]> => {
      const { rows } = await fixture.pool.query<{ days: number }>("select extract(day from now() - at)::integer as days from audit_log where subject = 'aged' order by at desc");
      return rows.map(({ days }) => days);
    };
    await fixture.pool.query("insert into audit_log (tenant, actor, action, subject, at) select 'default', 'admin', 'a', 'aged', now() - age * interval '1 day' from unnest('{0,29,31,364,366}'::integer[]) age");
    expect(await sweeper.sweep(signal)).toBe(1);
    expect(await agesLeft()).toEqual([0, 29, 31, 364]);
    for (const change of ['delete from audit_log', "delete from audit_log where at < now() - interval '100 days'", "update audit_log set actor = ''", 'truncate audit_log']) {
      await expect(fixture.pool.query(change)).rejects.toThrow('The audit log is only added to');
    }
    // Whatever the setting says, the last 30 days stay.
    await fixture.pool.query("update installation set audit_retention = '1 second'");
    await expect(fixture.pool.query("delete from audit_log where subject = 'aged' and at > now() - interval '30 days'")).rejects.toThrow('The audit log is only added to');
    expect(await sweeper.sweep(signal)).toBe(2);
    expect(await agesLeft()).toEqual([0, 29]);
    await recordAuditRetention(database, 86_400_000 * 90);
    await recordAuditRetention(database, 86_400_000 * 90);
    const { rows } = await fixture.pool.query("select tenant, actor_type, subject, detail from audit_log where action = 'audit.retention_changed'");
    expect(rows).toEqual([{ tenant: null, actor_type: 'system', subject: 'LOCKSTEP_AUDIT_RETENTION', detail: { fromSeconds: 1, toSeconds: 7_776_000 } }]);
  });

  it('deletes revoked API keys, with what belongs to them, once the audit log has no row about them', async () => {
    await fixture.pool.query("update installation set audit_retention = '365 days'");
    await fixture.pool.query(`
      with keys as (
        insert into api_keys (public_id, tenant, name, prefix, hash, scopes, created_by, revoked_at)
        select gen_random_uuid(), 'default', days::text, days::text, '', '{read}', 'admin', now() - nullif(days, 0) * interval '1 day' from unnest('{0,1,364,366}'::integer[]) days
        returning id, prefix
      ),
      uses as (insert into api_key_uses (api_key, last_used_at) select id, now() from keys)
      insert into former_api_key_secrets (prefix, api_key, hash, expires_at) select 'former-' || prefix, id, '', now() from keys`);
    expect(await sweeper.sweep(signal)).toBe(1);
    const { rows } = await fixture.pool.query<{ name: string }>('select name from api_keys join api_key_uses on api_key = id order by name');
    expect(rows.map(({ name }) => name)).toEqual(['0', '1', '364']);
    expect((await fixture.pool.query('select from former_api_key_secrets')).rowCount).toBe(3);
  });

  it('stops soon during a sweep, and sweeps again after a failure', async () => {
    await addKeys('key ', 3_000, '1 second');
    sweeper.start();
    await waitUntil('the first batch is deleted', async () => (await keys()).length < 3_000);
    await sweeper.stop();
    const left = (await keys()).length;
    expect(log.lines).toEqual([]);
    expect(await sweeper.sweep(signal)).toBe(left);
  });
});
