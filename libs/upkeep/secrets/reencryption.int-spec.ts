import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { createPool, type Database, databaseOf } from '#ground/postgres/pool';
import { SecretBox } from '#ground/secrets/secret-box';
import { authContext, headersContext, secretContext, sourceSecretContext } from '#ground/secrets/secret-contexts';
import { Reencryption } from './reencryption.js';

const [FORMER, PRESENT] = ['f'.repeat(32), 'p'.repeat(32)];
const former = new SecretBox(FORMER);
const present = new SecretBox(PRESENT);
const both = new SecretBox(PRESENT, [FORMER]);

let test: TestDatabase;
let pool: pg.Pool;
let session: pg.PoolClient;

beforeAll(async () => {
  test = await createTestDatabase();
  pool = createPool({ databaseUrl: test.url, applicationName: 'test', max: 3, plans: 'by-index' });
  session = await pool.connect();
  await session.query('set lockstep.reencrypting = on');
});

beforeEach(async () => {
  await pool.query('delete from endpoint_secrets');
  await pool.query('delete from source_secrets');
  await pool.query("update endpoints set headers_ciphertext = null, auth_ciphertext = null");
});

afterAll(async () => {
  session.release();
  await pool.end();
  await test.drop();
});

const reencryption = (): Reencryption => new Reencryption(databaseOf(session), both, () => undefined);

interface Owner {
  readonly id: number;
  readonly publicId: string;
}

async function createEndpoint(box: SecretBox): Promise<Owner> {
  const { rows: [row] } = await pool.query<Owner>("insert into endpoints (public_id, tenant, url) values (gen_random_uuid(), 'default', 'http://127.0.0.1:9/') returning id, public_id as \"publicId\"");
  if (row === undefined) throw new Error('No endpoint was made');
  await pool.query('update endpoints set headers_ciphertext = $2, auth_ciphertext = $3 where id = $1', [row.id, box.seal('{"a":"b"}', headersContext(row.publicId)), box.seal('{"type":"bearer"}', authContext(row.publicId))]);
  await addSecret(row, box, 'whsec_a');
  return row;
}

async function addSecret({ id, publicId }: Owner, box: SecretBox, secret: string): Promise<void> {
  await pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext) values ($1, 'default', $2)", [id, box.seal(secret, secretContext(publicId))]);
}

async function createSource(box: SecretBox): Promise<void> {
  const { rows: [row] } = await pool.query<Owner>("insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', gen_random_uuid()::text, 'kafka') returning id, public_id as \"publicId\"");
  await pool.query('insert into source_secrets (source, secret) values ($1, $2)', [row?.id, box.seal('password', sourceSecretContext(row?.publicId ?? ''))]);
}

const endpointsNow = async (): Promise<unknown[]> => (await pool.query<object>('select id, version, changed_by, updated_at from endpoints order by id')).rows;

const headersNow = async ({ id, publicId }: Owner): Promise<string> => {
  const { rows: [row] } = await pool.query<{ headers: Buffer }>('select headers_ciphertext as headers from endpoints where id = $1', [id]);
  return present.open(row?.headers ?? Buffer.alloc(0), headersContext(publicId));
};

describe('Reencryption', () => {
  it('gives everything that is stored the present key, and changes no endpoint', async () => {
    const endpoint = await createEndpoint(former);
    await createEndpoint(present);
    await createSource(former);
    const before = await endpointsNow();
    expect(await reencryption().run()).toEqual({ stored: 7, former: 0, resealed: 0, unreadable: [] });
    const { rows: [row] } = await pool.query<{ headers: Buffer; auth: Buffer; secret: Buffer }>(
      'select headers_ciphertext as headers, auth_ciphertext as auth, s.ciphertext as secret from endpoints e join endpoint_secrets s on s.endpoint = e.id where e.id = $1', [endpoint.id]);
    const { publicId } = endpoint;
    expect([
      present.open(row?.headers ?? Buffer.alloc(0), headersContext(publicId)), present.open(row?.auth ?? Buffer.alloc(0), authContext(publicId)), present.open(row?.secret ?? Buffer.alloc(0), secretContext(publicId)),
    ]).toEqual(['{"a":"b"}', '{"type":"bearer"}', 'whsec_a']);
    expect(await endpointsNow()).toEqual(before);
  });

  it('counts what needs a former key, and what no key opens, without changing it', async () => {
    await createEndpoint(former);
    const { publicId } = await createEndpoint(new SecretBox('x'.repeat(32)));
    expect(await reencryption().check()).toEqual({ stored: 6, former: 3, resealed: 0, unreadable: [secretContext(publicId), headersContext(publicId), authContext(publicId)] });
    expect(await reencryption().check()).toMatchObject({ former: 3 });
  });

  it('passes over what no key opens of an endpoint that is deleted, which nobody can set again', async () => {
    const [lost, kept] = [await createEndpoint(new SecretBox('x'.repeat(32))), await createEndpoint(former)];
    await pool.query('update endpoints set deleted_at = now() where id = any ($1)', [[lost.id, kept.id]]);
    expect(await reencryption().run()).toEqual({ stored: 6, former: 0, resealed: 0, unreadable: [] });
    expect(await headersNow(kept)).toBe('{"a":"b"}');
  });

  it('covers more rows than a batch has', async () => {
    const endpoint = await createEndpoint(former);
    const box = former.seal('whsec_b', secretContext(endpoint.publicId));
    await pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext) select $1, 'default', $2 from generate_series(1, 1200)", [endpoint.id, box]);
    expect(await reencryption().run()).toMatchObject({ stored: 1_203, former: 0 });
    expect(await new Reencryption(databaseOf(pool), present, () => undefined).check()).toMatchObject({ unreadable: [] });
  });

  /** Runs `work` before, and `afterwards` after, the first statement that replaces headers. */
  function interrupted(work: () => Promise<unknown>, afterwards: () => Promise<unknown> = () => Promise.resolve()): Database {
    const database = databaseOf(session);
    let isOver = false;
    return {
      query: async (text, values) => {
        if (isOver || !text.includes('set headers_ciphertext')) return database.query(text, values);
        isOver = true;
        await work();
        const result = await database.query(text, values);
        await afterwards();
        return result;
      },
    };
  }

  it('keeps what a gateway has stored since it was read, and gives that the present key, too', async () => {
    const [changed, other] = [await createEndpoint(former), await createEndpoint(former)];
    const database = interrupted(() => pool.query('update endpoints set headers_ciphertext = $2 where id = $1', [changed.id, former.seal('{"new":"yes"}', headersContext(changed.publicId))]));
    expect(await new Reencryption(database, both, () => undefined).run()).toMatchObject({ former: 0, unreadable: [] });
    expect([await headersNow(changed), await headersNow(other)]).toEqual(['{"new":"yes"}', '{"a":"b"}']);
  });

  it('does not wait for a row that another transaction holds, and comes back to it', async () => {
    const held = await createEndpoint(former);
    const gateway = await pool.connect();
    const database = interrupted(
      async () => {
        await gateway.query('begin');
        await gateway.query('select from endpoints where id = $1 for update', [held.id]);
      },
      () => gateway.query('commit'),
    );
    try {
      expect(await new Reencryption(database, both, () => undefined).run()).toMatchObject({ former: 0 });
    } finally {
      gateway.release();
    }
    expect(await headersNow(held)).toBe('{"a":"b"}');
  });

  it('still counts each change that others make as a change of the endpoint', async () => {
    const endpoint = await createEndpoint(former);
    const versionOf = async (): Promise<number> => (await pool.query<{ version: number }>('select version from endpoints where id = $1', [endpoint.id])).rows[0]?.version ?? 0;
    const before = await versionOf();
    await addSecret(endpoint, present, 'whsec_c');
    await pool.query('update endpoints set headers_ciphertext = null where id = $1', [endpoint.id]);
    expect(await versionOf()).toBe(before + 2);
  });
});

it('knows every column that may hold boxes', async () => {
  const { rows } = await pool.query<{ column: string }>(
    "select table_name || '.' || column_name as column from information_schema.columns c join pg_class t on t.relname = c.table_name and t.relnamespace = 'public'::regnamespace where table_schema = 'public' and udt_name = 'bytea' and not t.relispartition order by 1");
  // The others hold events, responses and digests.
  const SEALED = ['endpoint_secrets.ciphertext', 'endpoints.auth_ciphertext', 'endpoints.headers_ciphertext', 'source_secrets.secret'];
  const OTHERS = [
    'api_keys.hash', 'attempts.response_body', 'dispatch_outbox.value', 'events.payload', 'former_api_key_secrets.hash', 'idempotency_keys.fingerprint',
    'idempotent_requests.body', 'idempotent_requests.fingerprint', 'installation.admin_key_hash', 'kept_attempts.response_body', 'kept_events.payload',
  ];
  expect(rows.map(({ column }) => column)).toEqual([...SEALED, ...OTHERS].sort());
});
