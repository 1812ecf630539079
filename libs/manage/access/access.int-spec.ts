import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import pg from 'pg';
import { keyHash, type MintedKey, mintApiKey } from '#domain/api-key';
import { toPublicId } from '#domain/ids';
import { withoutRequestId } from '#dev/testing/gateway-client';
import { openSocket, finalAnswerIn, readToEnd, requestBytes } from '#dev/testing/raw-http';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testProcess } from '#dev/testing/test-process';
import { waitUntil } from '#dev/testing/wait-until';
import { Public, Requires } from '#ground/http/access';
import { createHttpApp } from '#ground/http/http-app';
import type { Principal, Scope } from '#ground/http/principal';
import { databaseToken } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ProcessModule } from '#ground/process/process.module';
import { AccessModule } from './access.module.js';
import { AccessDirectory } from './access-directory.js';
import { Authenticator } from './authenticator.js';
import { KeyUses } from './key-uses.js';

const KEY = 'an-admin-key-of-24-characters';

@Controller()
class ProbeController {
  @Get('who')
  @Requires('manage')
  who(@Req() { principal }: FastifyRequest): object {
    return { ...principal, scopes: [...principal.scopes] };
  }

  @Post('who')
  @Requires('manage')
  post(): string {
    return 'posted';
  }

  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('undeclared')
  undeclared(): string {
    return 'undeclared';
  }
}

@Module({ imports: [AccessModule], controllers: [ProbeController] })
class ProbeModule {}

let database: TestDatabase;
let store: pg.Client;
let app: NestFastifyApplication;
let url: string;
let directory: AccessDirectory;
/** Statements that the directory has sent. */
let reads = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  await store.query("insert into tenants (id, rate_limit_per_second, rate_limit_burst) values ('acme', 50, 60), ('beta', null, null)");
  const process = testProcess(database.url);
  const module = { module: ProbeModule, imports: [ProcessModule.of(process), PostgresModule.forRoot({ app: 'test' })] };
  app = await createHttpApp(module, { logger: process.logger, maxBodyBytes: 100_000 });
  directory = app.get(AccessDirectory, { strict: false });
  const asked = app.get<Database>(databaseToken('access'), { strict: false });
  const query = asked.query.bind(asked);
  asked.query = (text, values) => {
    reads += 1;
    return query(text, values);
  };
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(async () => {
  await directory.stop();
  await app.close();
  await store.end();
  await database.drop();
});

async function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string; body: Partial<Principal> & { code?: string; detail?: string } }> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${KEY}`, ...headers } });
  const text = withoutRequestId(await response.text());
  return { status: response.status, text, body: text.startsWith('{') ? (JSON.parse(text) as Partial<Principal>) : {} };
}

/** A key in Postgres. */
class StoredKey {
  private constructor(
    readonly id: number,
    readonly publicId: string,
    readonly minted: MintedKey,
  ) {}

  static async create({ tenant = 'acme', scopes = ['manage'], expiresIn = null }: { tenant?: string; scopes?: readonly Scope[]; expiresIn?: string | null } = {}): Promise<StoredKey> {
    const minted = mintApiKey();
    const { rows: [row] } = await store.query<{ id: number; public_id: string }>(
      `insert into api_keys (public_id, tenant, name, prefix, hash, scopes, expires_at, rate_limit_per_second, rate_limit_burst, created_by)
       values (gen_random_uuid(), $1, 'Test', $2, $3, $4::text[]::api_key_scope[], now() + $5::interval, 5, 6, 'admin') returning id, public_id`,
      [tenant, minted.prefix, minted.hash, scopes, expiresIn]);
    if (row === undefined) throw new Error('The key was not stored');
    return new StoredKey(row.id, toPublicId('key', row.public_id), minted);
  }

  change(set: string): Promise<unknown> {
    return store.query(`update api_keys set ${set} where id = $1`, [this.id]);
  }

  async status(headers: Record<string, string> = {}): Promise<number> {
    return (await this.who(headers)).status;
  }

  who(headers: Record<string, string> = {}): ReturnType<typeof get> {
    return get('/who', { authorization: `Bearer ${this.minted.key}`, ...headers });
  }
}

/** Waits until requests get this status. Returns when the last one with another status was sent, in milliseconds from now. */
async function lastOther(status: number, send: () => Promise<number>): Promise<number> {
  const startedAtMs = performance.now();
  let lastMs = 0;
  await waitUntil(`status ${status}`, async () => {
    const sentAtMs = performance.now();
    if ((await send()) === status) return true;
    lastMs = sentAtMs - startedAtMs;
    return false;
  });
  return lastMs;
}

it('answers store_unavailable until the admin key is set, except on public routes', async () => {
  expect(await get('/who')).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  expect(await get('/open', { authorization: '' })).toMatchObject({ status: 200 });
  directory.start();
  app.get(Authenticator, { strict: false }).open(keyHash(KEY));
  expect(await get('/who')).toMatchObject({ status: 200 });
});

it('the admin key has all scopes, for the tenant that is named', async () => {
  const admin = { actor: { type: 'admin', id: 'admin', name: 'Admin key' }, scopes: ['ingest', 'read', 'manage', 'admin'], requestId: expect.any(String) as unknown };
  expect((await get('/who')).body).toEqual({ ...admin, tenant: 'default', ingest: { duplicates: 'replay', resubmit: 'none', refusesUnknownTypes: false, limits: [] } });
  expect((await get('/who', { 'lockstep-tenant': 'acme' })).body).toMatchObject({ ...admin, tenant: 'acme', ingest: { limits: [{ bucket: 'tenant/acme', perSecond: 50, burst: 60 }] } });
  for (const unknown of ['nowhere', 'No tenant', '']) expect(await get('/who', { 'lockstep-tenant': unknown })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

describe('an API key', () => {
  it('acts on its tenant, with its scopes, settings and limits', async () => {
    const key = await StoredKey.create();
    expect((await key.who()).body).toEqual({
      tenant: 'acme', actor: { type: 'key', id: key.publicId, name: 'Test' }, scopes: ['manage', 'read'], keyPrefix: key.minted.prefix, requestId: expect.any(String) as unknown,
      ingest: { duplicates: 'replay', resubmit: 'none', refusesUnknownTypes: false, limits: [{ bucket: `key/${key.publicId}`, perSecond: 5, burst: 6 }, { bucket: 'tenant/acme', perSecond: 50, burst: 60 }] },
    });
    await key.change("scopes = '{read}', duplicates = 'conflict'");
    await waitUntil('fewer scopes', async () => (await key.status()) === 403);
  });

  it('may name its own tenant only, and the answer does not tell which tenants exist', async () => {
    const key = await StoredKey.create();
    expect(await key.status({ 'lockstep-tenant': 'acme' })).toBe(200);
    const [existing, other] = [await key.who({ 'lockstep-tenant': 'beta' }), await key.who({ 'lockstep-tenant': 'nowhere' })];
    expect(existing).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(other).toEqual(existing);
  });

  it('with the scope admin acts on the tenant that is named, and by default on its own', async () => {
    const key = await StoredKey.create({ scopes: ['admin'] });
    expect((await key.who()).body).toMatchObject({ tenant: 'acme', scopes: ['ingest', 'read', 'manage', 'admin'] });
    expect((await key.who({ 'lockstep-tenant': 'beta' })).body).toMatchObject({ tenant: 'beta', actor: { id: key.publicId }, ingest: { limits: [{ bucket: `key/${key.publicId}` }] } });
    expect(await key.who({ 'lockstep-tenant': 'nowhere' })).toMatchObject({ status: 400 });
  });

  it('is refused in the same words when it is unknown, wrong from its prefix on, expired or revoked', async () => {
    const [key, expired, revoked] = [await StoredKey.create(), await StoredKey.create({ expiresIn: '-1 second' }), await StoredKey.create()];
    await revoked.change('revoked_at = now()');
    const wrong = `${key.minted.prefix}${mintApiKey().key.slice(16)}`;
    const answers = await Promise.all([mintApiKey().key, wrong, expired.minted.key, revoked.minted.key, 'another-admin-key-of-24-characters'].map((secret) => get('/who', { authorization: `Bearer ${secret}` })));
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'unauthenticated', detail: 'The API key is unknown, expired or revoked' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('is refused within a second of its revocation, its expiry and the disabling of its tenant', async () => {
    const [revoked, expired] = [await StoredKey.create(), await StoredKey.create()];
    expect([await revoked.status(), await expired.status()]).toEqual([200, 200]);
    await revoked.change('revoked_at = now()');
    const revokedInMs = await lastOther(401, () => revoked.status());
    await expired.change("expires_at = now() + interval '100 ms'");
    const expiredInMs = await lastOther(401, () => expired.status());
    await store.query("insert into tenants (id) values ('closing')");
    const [key, admin] = [await StoredKey.create({ tenant: 'closing' }), await StoredKey.create({ tenant: 'closing', scopes: ['admin'] })];
    expect([await key.status(), await admin.status()]).toEqual([200, 200]);
    await store.query("update tenants set enabled = false where id = 'closing'");
    const disabledInMs = await lastOther(403, () => key.status());
    expect(await admin.status({ 'lockstep-tenant': 'beta' })).toBe(403);
    expect((await get('/who', { 'lockstep-tenant': 'closing' })).status).toBe(200);
    await store.query("update tenants set enabled = true where id = 'closing'");
    await waitUntil('an enabled tenant', async () => (await key.status()) === 200);
    for (const ms of [revokedInMs, expiredInMs, disabledInMs]) expect(ms).toBeLessThan(1_000);
  });

  it('and its former secrets are valid until their ends, each its own', async () => {
    const key = await StoredKey.create();
    expect(await key.status()).toBe(200);
    const rotate = async (overlap: string): Promise<MintedKey> => {
      const next = mintApiKey();
      await store.query(
        `with former as (insert into former_api_key_secrets (prefix, api_key, hash, expires_at) select prefix, id, hash, now() + $2::interval from api_keys where id = $1)
         update api_keys set prefix = $3, hash = $4 where id = $1`,
        [key.id, overlap, next.prefix, next.hash]);
      return next;
    };
    const statusOf = async ({ key: secret }: MintedKey): Promise<number> => (await get('/who', { authorization: `Bearer ${secret}` })).status;
    const second = await rotate('1 hour');
    expect([await key.status(), await statusOf(second)]).toEqual([200, 200]);
    const third = await rotate('300 ms');
    await waitUntil('the end of the overlap', async () => (await statusOf(second)) === 401);
    expect([await key.status(), await statusOf(third)]).toEqual([200, 200]);
  });

  it('a known or a wrong key costs no query of its own', async () => {
    const [key, wrong] = [await StoredKey.create(), mintApiKey().key];
    const statusOfWrong = async (): Promise<number> => (await get('/who', { authorization: `Bearer ${wrong}` })).status;
    expect([await key.status(), await statusOfWrong()]).toEqual([200, 401]);
    const [before, startedAtMs] = [reads, performance.now()];
    for (let i = 0; i < 100; i++) expect([await key.status(), await statusOfWrong()]).toEqual([200, 401]);
    // Two reads each half a second, and at most two that were under way.
    expect(reads - before).toBeLessThanOrEqual(4 + (performance.now() - startedAtMs) / 200);
  });

  it('a key that was wrong until it was made is valid within a second', async () => {
    const minted = mintApiKey();
    const statusOf = async (): Promise<number> => (await get('/who', { authorization: `Bearer ${minted.key}` })).status;
    expect(await statusOf()).toBe(401);
    await store.query("insert into api_keys (public_id, tenant, name, prefix, hash, scopes, created_by) values (gen_random_uuid(), 'acme', 'New', $1, $2, '{manage}', 'admin')", [minted.prefix, minted.hash]);
    await waitUntil('a key that counts', async () => (await statusOf()) === 200);
  });

  it('that is in use has a last use, in one statement for all keys', async () => {
    const [one, other] = [await StoredKey.create(), await StoredKey.create()];
    const uses = app.get(KeyUses, { strict: false });
    await uses.record();
    const lastUses = async (): Promise<(Date | null)[]> => (await store.query<{ at: Date | null }>('select last_used_at as at from api_keys left join api_key_uses on api_key = id where id in ($1, $2) order by id', [one.id, other.id])).rows.map(({ at }) => at);
    await one.status();
    expect(await lastUses()).toEqual([null, null]);
    await uses.record();
    const [first] = await lastUses();
    expect([first instanceof Date, (await lastUses())[1]]).toEqual([true, null]);
    await Promise.all([one.status(), other.status()]);
    await uses.record();
    const [second, ofOther] = await lastUses();
    expect(second?.getTime()).toBeGreaterThan(first?.getTime() ?? Infinity);
    expect(ofOther).toEqual(second);
  });
});

it('refuses a principal without the scope and names the scope, and refuses every principal where none is declared', async () => {
  const reader = await StoredKey.create({ scopes: ['ingest', 'read'] });
  expect(await reader.who()).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'The API key lacks the scope "manage"' } });
  expect(await get('/undeclared')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await get('/undeclared', { authorization: '' })).toMatchObject({ status: 401 });
});

it('refuses a request without a key before its body is read', async () => {
  const socket = await openSocket(url);
  // The header announces 50,000 bytes, and none follows.
  socket.write(requestBytes('POST', '/who', [['host', 'a'], ['content-type', 'application/json'], ['content-length', '50000'], ['connection', 'close']]));
  expect(finalAnswerIn(await readToEnd(socket))?.status).toBe(401);
});
