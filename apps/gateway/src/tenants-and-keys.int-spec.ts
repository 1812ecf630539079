import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Answer, type GatewayClient, withoutRequestId } from '#dev/testing/gateway-client';
import { finalAnswerIn, openSocket, readToEnd, requestBytes } from '#dev/testing/raw-http';
import { waitUntil } from '#dev/testing/wait-until';
import { MAX_API_KEYS } from '#manage/api-keys/api-keys.repository';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

interface ShownKey {
  readonly id: string;
  readonly key: string;
  readonly prefix: string;
}

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start({ KAFKA_BROKERS: '127.0.0.1:1' });
  ({ client, store } = gateway);
  for (const id of ['acme', 'beta']) expect((await client.send('PUT', `/v1/tenants/${id}`, {})).status).toBe(201);
});

afterAll(async () => {
  await gateway.stop();
});

function as(key: string, headers: Record<string, string> = {}): Record<string, string> {
  return { authorization: `Bearer ${key}`, ...headers };
}

async function createKey(settings: Record<string, unknown>, by?: string): Promise<ShownKey> {
  const created = await client.send('POST', '/v1/api-keys', { name: 'A key', tenant: 'acme', ...settings }, by === undefined ? {} : as(by));
  expect(created.status).toBe(201);
  return created.json as ShownKey;
}

async function auditOf(subject: string): Promise<unknown[]> {
  return (await store.query<Record<string, unknown>>('select tenant, actor_type, actor, actor_name, action, detail, request_id is not null as has_request from audit_log where subject = $1 order by id', [subject])).rows;
}

/** Each request has an id of its own. */
function textOf(answer: Answer | undefined): string | undefined {
  return answer === undefined ? undefined : withoutRequestId(answer.text);
}

function idsIn({ json }: Answer): string[] {
  return (json as { data: { id: string }[] }).data.map(({ id }) => id);
}

describe('/v1/tenants', () => {
  it('creates a tenant with defaults, and changes what is given', async () => {
    const created = await client.send('PUT', '/v1/tenants/shop', { name: 'Shop' });
    expect(created).toMatchObject({ status: 201, json: { id: 'shop', name: 'Shop', metadata: {}, status: 'active', ingestRateLimit: null, unknownEventTypes: 'accept' } });
    expect(created.headers.get('location')).toBe('/v1/tenants/shop');
    const changes = { metadata: { plan: 'gold' }, status: 'disabled', ingestRateLimit: { perSecond: 0.5, burst: 3 }, unknownEventTypes: 'reject' };
    const changed = await client.send('PUT', '/v1/tenants/shop', changes);
    expect(changed).toMatchObject({ status: 200, json: { id: 'shop', name: 'Shop', ...changes } });
    expect(await client.send('PUT', '/v1/tenants/shop', { status: 'active' })).toMatchObject({ status: 200, json: { ...changes, name: 'Shop', status: 'active' } });
    expect(await client.send('PUT', '/v1/tenants/shop', { ingestRateLimit: null })).toMatchObject({ status: 200, json: { ingestRateLimit: null, metadata: { plan: 'gold' } } });
    expect((await client.get('/v1/tenants/shop')).json).toMatchObject({ ingestRateLimit: null, unknownEventTypes: 'reject' });
    const by = { tenant: 'shop', actor_type: 'admin', actor: 'admin', actor_name: 'Admin key', has_request: true };
    expect((await auditOf('shop')).slice(0, 2)).toEqual([
      { ...by, action: 'tenant.created', detail: { settings: ['name'] } }, { ...by, action: 'tenant.changed', detail: { settings: Object.keys(changes) } },
    ]);
  });

  it('a call that changes nothing is answered as one that does, and not audited', async () => {
    const settings = { name: 'Same', metadata: { a: 1 }, ingestRateLimit: { perSecond: 1, burst: 2 } };
    const { json } = await client.send('PUT', '/v1/tenants/same', settings);
    for (const again of [settings, {}]) expect(await client.send('PUT', '/v1/tenants/same', again)).toMatchObject({ status: 200, json });
    expect(await auditOf('same')).toHaveLength(1);
    const { key, ...created } = await createKey({ scopes: ['read'], expiresAt: '2099-01-01T00:00:00.000Z' });
    expect(key).toMatch(/^lsk_/);
    for (const again of [{}, { name: 'A key', expiresAt: '2099-01-01T00:00:00.000Z', scopes: ['read'], ingestRateLimit: null }]) expect(await client.send('PATCH', `/v1/api-keys/${created.id}`, again)).toMatchObject({ status: 200, json: created });
    expect(await auditOf(created.id)).toHaveLength(1);
  });

  it('pages through all tenants, newest first, for admins; others see their own', async () => {
    const all: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await client.get(`/v1/tenants?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      all.push(...idsIn(page));
      cursor = (page.json as { nextCursor: string | null }).nextCursor;
    }
    expect(all.slice(-3)).toEqual(['beta', 'acme', 'default']);
    const { key } = await createKey({ scopes: ['manage'] });
    const list = await client.call('GET', '/v1/tenants', { headers: as(key) });
    expect([idsIn(list), (list.json as { nextCursor: unknown }).nextCursor]).toEqual([['acme'], null]);
    expect(await client.call('GET', '/v1/tenants/acme', { headers: as(key) })).toMatchObject({ status: 200, json: { id: 'acme' } });
    const [foreign, none] = await Promise.all(['beta', 'nope'].map((id) => client.call('GET', `/v1/tenants/${id}`, { headers: as(key) })));
    expect(foreign?.status).toBe(404);
    expect(textOf(foreign)?.replaceAll('beta', 'nope')).toBe(textOf(none));
    expect((await client.send('PUT', '/v1/tenants/acme', { name: 'x' }, as(key))).status).toBe(403);
  });

  it('a page of tenants has at most 1 MiB of settings', async () => {
    await store.query("insert into tenants (id, metadata) select 'large' || n, jsonb_build_object('text', repeat('x', 400000)) from generate_series(1, 5) n");
    const [first, second] = [await client.get('/v1/tenants?limit=250'), await client.get('/v1/tenants?limit=4')];
    expect([idsIn(first), idsIn(second)]).toEqual([['large5', 'large4'], ['large5', 'large4']]);
    const { nextCursor } = first.json as { nextCursor: string };
    expect(idsIn(await client.get(`/v1/tenants?limit=2&cursor=${nextCursor}`))).toEqual(['large3', 'large2']);
  });

  it.each([
    ['PUT', '/v1/tenants/Acme', {}, 400], ['PUT', '/v1/tenants/a', { colour: 'red' }, 400], ['PUT', '/v1/tenants/a', { ingestRateLimit: { perSecond: 0, burst: 1 } }, 400], ['PUT', '/v1/tenants/a', { ingestRateLimit: { perSecond: 1 } }, 400],
    ['PUT', '/v1/tenants/a', { status: 'gone' }, 400], ['PUT', '/v1/tenants/a', { name: 'a\u0000' }, 400],
  ] as const)('%s %s with %j is refused', async (method, path, body, status) => {
    expect(await client.send(method, path, body)).toMatchObject({ status, json: { code: 'invalid_request' } });
  });
});

describe('/v1/api-keys', () => {
  it('goes from creation over change and rotation to revocation', async () => {
    const created = await client.send('POST', '/v1/api-keys', { name: 'Orders', scopes: ['ingest', 'ingest', 'read'], tenant: 'acme', expiresAt: '2099-01-01T00:00:00+02:00', ingestRateLimit: { perSecond: 10, burst: 20 }, duplicates: 'conflict', resubmit: 'requeue-dead' });
    const { id, key, ...rest } = created.json as ShownKey;
    expect(created.status).toBe(201);
    expect(key).toMatch(/^lsk_[A-Za-z0-9_-]{48}$/);
    expect(rest).toEqual({
      tenant: 'acme', name: 'Orders', prefix: key.slice(0, 16), scopes: ['ingest', 'read'], expiresAt: '2098-12-31T22:00:00.000Z', ingestRateLimit: { perSecond: 10, burst: 20 }, duplicates: 'conflict', resubmit: 'requeue-dead',
      previousExpiresAt: null, lastUsedAt: null, createdBy: 'admin', createdAt: expect.any(String) as unknown, updatedAt: expect.any(String) as unknown,
    });
    expect(created.headers.get('location')).toBe(`/v1/api-keys/${id}`);
    const path = `/v1/api-keys/${id}`;
    expect((await client.get(path)).json).toEqual({ id, ...rest });
    expect(idsIn(await client.get('/v1/api-keys?limit=1'))).toEqual([id]);
    expect(await client.post('order-1', 1, as(key))).toMatchObject({ status: 202 });
    expect(await client.send('PATCH', path, { name: 'Others', scopes: ['ingest'], expiresAt: null })).toMatchObject({ status: 200, json: { ...rest, name: 'Others', scopes: ['ingest'], expiresAt: null, updatedAt: expect.any(String) as unknown } });
    const rotated = await client.send('POST', `${path}/rotate`, { overlap: '1h' });
    const second = rotated.json as ShownKey & { previousExpiresAt: string };
    expect(rotated).toMatchObject({ status: 200, json: { id, name: 'Others' } });
    expect(second.key).not.toBe(key);
    expect(Date.parse(second.previousExpiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    expect([(await client.post('order-1', 2, as(key))).status, (await client.post('order-1', 3, as(second.key))).status]).toEqual([202, 202]);
    expect((await client.call('DELETE', path)).status).toBe(204);
    for (const secret of [key, second.key]) await waitUntil('a refusal', async () => (await client.post('order-1', 4, as(secret))).status === 401);
    expect([(await client.get(path)).status, (await client.call('DELETE', path)).status, (await client.send('PATCH', path, {})).status, (await client.call('POST', `${path}/rotate`)).status]).toEqual([404, 404, 404, 404]);
    expect(idsIn(await client.get('/v1/api-keys'))).not.toContain(id);
    expect((await auditOf(id)).map((row) => (row as { action: string }).action)).toEqual(['api_key.created', 'api_key.changed', 'api_key.rotated', 'api_key.revoked']);
    const { rows } = await store.query<{ row: string }>('select k::text as row from api_keys k union all select a::text from audit_log a');
    expect(rows.map(({ row }) => row).join()).not.toContain(key.slice(16));
  });

  it('a rotation without a body keeps the key before for an hour; with 0s it ends at once', async () => {
    const created = await createKey({ scopes: ['read'] });
    const second = (await client.call('POST', `/v1/api-keys/${created.id}/rotate`)).json as ShownKey & { previousExpiresAt: string };
    expect(Date.parse(second.previousExpiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    const third = (await client.send('POST', `/v1/api-keys/${created.id}/rotate`, { overlap: '0s' })).json as ShownKey;
    expect(third).toMatchObject({ previousExpiresAt: null });
    for (const { key } of [created, second]) await waitUntil('a refusal', async () => (await client.call('GET', '/v1/endpoints', { headers: as(key) })).status === 401);
    expect((await client.call('GET', '/v1/endpoints', { headers: as(third.key) })).status).toBe(200);
  });

  it('a rotation that is repeated, since its answer was lost, leaves the secret in use valid', async () => {
    const inUse = await createKey({ scopes: ['read'] });
    const rotate = async (overlap: string): Promise<ShownKey & { previousExpiresAt: string }> => (await client.send('POST', `/v1/api-keys/${inUse.id}/rotate`, { overlap })).json as ShownKey & { previousExpiresAt: string };
    const statusOf = async ({ key }: ShownKey): Promise<number> => (await client.call('GET', '/v1/endpoints', { headers: as(key) })).status;
    const [lost, seen] = [await rotate('1h'), await rotate('2h')];
    // The repeat holds at this gateway as soon as the secret that it made counts.
    await waitUntil('the new secret', async () => (await statusOf(seen)) === 200);
    expect([await statusOf(inUse), await statusOf(lost)]).toEqual([200, 200]);
    const former = await store.query<{ prefix: string; hours: number }>("select f.prefix, round(extract(epoch from f.expires_at - now()) / 3600)::integer as hours from former_api_key_secrets f join api_keys k on k.id = api_key where public_id = $1 order by 2", [inUse.id.slice(4)]);
    expect(former.rows).toEqual([{ prefix: inUse.prefix, hours: 1 }, { prefix: lost.prefix, hours: 2 }]);
    // A shorter overlap holds for all of them, and 10 of them are kept.
    expect(Date.parse((await rotate('10m')).previousExpiresAt) - Date.now()).toBeLessThanOrEqual(600_000);
    for (let i = 0; i < 10; i++) await rotate('1h');
    expect((await store.query('select from former_api_key_secrets join api_keys k on k.id = api_key where public_id = $1', [inUse.id.slice(4)])).rowCount).toBe(10);
  });

  it('shows a key its own tenant only, and keys with the scope admin to admins only', async () => {
    const [manager, other, admin] = [await createKey({ scopes: ['manage', 'ingest'] }), await createKey({ scopes: ['read'], tenant: 'beta' }), await createKey({ scopes: ['admin'] })];
    const list = await client.call('GET', '/v1/api-keys', { headers: as(manager.key) });
    expect(idsIn(list)).toContain(manager.id);
    expect(idsIn(list).filter((id) => id === other.id || id === admin.id)).toEqual([]);
    const none = `key_${'0'.repeat(32)}`;
    const requests = [['GET', ''], ['PATCH', '', '{}'], ['DELETE', ''], ['POST', '/rotate', '{}']] as const;
    for (const [method, action, body] of requests) {
      const answers = await Promise.all([none, other.id, admin.id].map((id) => client.call(method, `/v1/api-keys/${id}${action}`, { headers: as(manager.key), ...(body === undefined ? {} : { body }) }).then((answer) => [answer.status, textOf(answer)?.replaceAll(id, none)])));
      expect(answers[0]?.[0]).toBe(404);
      expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    }
    const seenBy = async (headers: Record<string, string>): Promise<string[]> => idsIn(await client.call('GET', '/v1/api-keys?limit=250', { headers })).filter((id) => [manager.id, other.id, admin.id].includes(id));
    expect(await seenBy(as(admin.key))).toEqual([admin.id, other.id, manager.id]);
    expect(await seenBy(as(admin.key, { 'lockstep-tenant': 'beta' }))).toEqual([other.id]);
    expect(await seenBy(as(other.key))).toEqual([other.id]);
  });

  it('limits the number of keys of a tenant, and refuses an unknown tenant', async () => {
    await client.send('PUT', '/v1/tenants/crowded', {});
    await store.query("insert into api_keys (public_id, tenant, name, prefix, hash, scopes, created_by) select gen_random_uuid(), 'crowded', 'n', 'crowded-' || n, '', '{read}', 'admin' from generate_series(1, $1::integer) n", [MAX_API_KEYS - 1]);
    const create = async (): Promise<Answer> => client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant: 'crowded' });
    expect([(await create()).status, (await create()).json]).toMatchObject([201, { code: 'conflict' }]);
    expect(await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant: 'nowhere' })).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: [{ path: '/tenant' }] } });
  });

  it('two creations at once do not both get the last place', async () => {
    await client.send('PUT', '/v1/tenants/full', {});
    await store.query("insert into api_keys (public_id, tenant, name, prefix, hash, scopes, created_by) select gen_random_uuid(), 'full', 'n', 'full-' || n, '', '{read}', 'admin' from generate_series(1, $1::integer) n", [MAX_API_KEYS - 1]);
    // Both statements begin before either can go on.
    await store.query('begin');
    await store.query("select from tenants where id = 'full' for update");
    const create = (): Promise<Answer> => client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant: 'full' });
    const created = [create(), create()];
    await waitUntil('two creations that wait', async () => (await store.query("select from pg_stat_activity where application_name = 'lockstep-gateway-api' and wait_event_type = 'Lock' and datname = current_database()")).rowCount === 2);
    await store.query('commit');
    expect((await Promise.all(created)).map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([{ scopes: [] }, { scopes: ['write'] }, { scopes: ['read'], name: '' }, { scopes: ['read'], expiresAt: 'soon' }, { scopes: ['read'], key: 'lsk_mine' }, { scopes: ['read'], duplicates: 'ignore' }])('refuses to create %j', async (settings) => {
    expect(await client.send('POST', '/v1/api-keys', { name: 'n', ...settings })).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });
});

it('a key that is revoked while its batch arrives posts nothing more', async () => {
  const { id, key } = await createKey({ scopes: ['ingest'] });
  const line = (entity: string): string => `${JSON.stringify({ type: 'order.created', entity, data: 1 })}\n`;
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
  const socket = await openSocket(gateway.client.url);
  socket.write(requestBytes('POST', '/v1/events/batch', [['host', 'a'], ['authorization', `Bearer ${key}`], ['content-type', 'application/x-ndjson'], ['transfer-encoding', 'chunked']]));
  const received = readToEnd(socket);
  socket.write(chunk(line('before-revocation')));
  // The gateway has read the first item when it answers this.
  expect((await client.post('order-1', 1, as(key))).status).toBe(202);
  await client.call('DELETE', `/v1/api-keys/${id}`);
  await waitUntil('a refusal', async () => (await client.post('order-1', 1, as(key))).status === 401);
  socket.write(chunk(line('after-revocation')));
  const answer = finalAnswerIn(await received);
  expect(answer?.status).toBe(202);
  expect(JSON.parse(answer?.body.toString() ?? '')).toMatchObject({ results: [{ status: 202 }, { status: 401, code: 'unauthenticated' }] });
  expect((await store.query("select entity from events where entity like '%-revocation'")).rows).toEqual([{ entity: 'before-revocation' }]);
});

it('the audit log shows a key neither the keys with the scope admin nor who they are', async () => {
  const [manager, admin, foreign] = [await createKey({ scopes: ['manage'] }), await createKey({ scopes: ['admin'], name: 'Ops' }), await createKey({ scopes: ['admin'], tenant: 'beta', name: 'Foreign ops' })];
  const acted = [await createKey({ scopes: ['read'] }, admin.key), (await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'] }, as(foreign.key, { 'lockstep-tenant': 'acme' }))).json as ShownKey];
  const audit = async (key: string, query = ''): Promise<{ subject: string; actor: unknown }[]> => ((await client.call('GET', `/v1/audit?limit=250${query}`, { headers: as(key) })).json as { data: { subject: string; actor: unknown }[] }).data;
  const [seen, all] = [await audit(manager.key), await audit(admin.key)];
  expect(all.map(({ subject }) => subject)).toContain(admin.id);
  expect(all.find(({ subject }) => subject === acted[0]?.id)?.actor).toEqual({ type: 'key', id: admin.id, name: 'Ops' });
  for (const hidden of [admin.id, foreign.id, 'Ops', 'Foreign ops', admin.prefix]) expect(JSON.stringify(seen)).not.toContain(hidden);
  for (const { id } of acted) expect(seen.find(({ subject }) => subject === id)?.actor).toEqual({ type: 'admin', id: 'admin', name: 'Admin key' });
  expect([await audit(manager.key, `&actor=${admin.id}`), await audit(manager.key, `&subject=${admin.id}`)]).toEqual([[], []]);
  expect(await audit(manager.key, `&actor=admin&subject=${acted[0]?.id}`)).toHaveLength(1);
});

describe('nobody hands out more than they have:', () => {
  const future = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const limit = (perSecond: number): { perSecond: number; burst: number } => ({ perSecond, burst: 10 });
  const expiresAt = future(10);

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['a scope', { scopes: ['manage'] }, { scopes: ['ingest'] }, '/scopes'],
    ['the scope admin', { scopes: ['manage', 'ingest'] }, { scopes: ['admin'] }, '/scopes'],
    ['a later expiry', { scopes: ['manage'], expiresAt }, { scopes: ['read'], expiresAt: future(11) }, '/expiresAt'],
    ['no expiry', { scopes: ['manage'], expiresAt }, { scopes: ['read'], expiresAt: null }, '/expiresAt'],
    ['a higher limit', { scopes: ['manage'], ingestRateLimit: limit(10) }, { scopes: ['read'], ingestRateLimit: limit(11) }, '/ingestRateLimit'],
    ['no limit', { scopes: ['manage'], ingestRateLimit: limit(10) }, { scopes: ['read'], ingestRateLimit: null }, '/ingestRateLimit'],
    ['as an admin, no expiry', { scopes: ['admin'], expiresAt }, { scopes: ['admin'], expiresAt: null }, '/expiresAt'],
  ])('not %s', async (_, held, wanted, path) => {
    const { key } = await createKey(held);
    const refused = { status: 403, json: { code: 'forbidden', errors: [{ path }] } };
    expect(await client.send('POST', '/v1/api-keys', { name: 'n', ...wanted }, as(key))).toMatchObject(refused);
    // Within what is held, a key may be made; it may not be changed beyond it, and one that has more may not be rotated.
    const small = await createKey({ scopes: ['read'], ...(held['expiresAt'] === undefined ? {} : { expiresAt: held['expiresAt'] }), ...(held['ingestRateLimit'] === undefined ? {} : { ingestRateLimit: held['ingestRateLimit'] }) }, key);
    expect(await client.send('PATCH', `/v1/api-keys/${small.id}`, wanted, as(key))).toMatchObject(refused);
    expect(await client.send('PATCH', `/v1/api-keys/${small.id}`, { name: 'renamed' }, as(key))).toMatchObject({ status: 200 });
    expect((await client.send('POST', `/v1/api-keys/${small.id}/rotate`, {}, as(key))).status).toBe(200);
    const larger = await createKey({ ...wanted, scopes: wanted['scopes'] });
    const isHidden = path === '/scopes' && (wanted['scopes'] as string[]).includes('admin');
    expect((await client.send('POST', `/v1/api-keys/${larger.id}/rotate`, {}, as(key))).status).toBe(isHidden ? 404 : 403);
  });

  it('not the key of another tenant', async () => {
    const { key } = await createKey({ scopes: ['manage'] });
    const [existing, none] = await Promise.all(['beta', 'nope'].map((tenant) => client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant }, as(key))));
    expect(existing).toMatchObject({ status: 403, json: { code: 'forbidden', errors: [{ path: '/tenant' }] } });
    expect(textOf(existing)).toBe(textOf(none));
    expect((await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant: 'acme' }, as(key))).json).toMatchObject({ tenant: 'acme', createdBy: expect.stringMatching(/^key_/) as unknown });
    const admin = await createKey({ scopes: ['admin'] });
    expect(await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant: 'beta' }, as(admin.key))).toMatchObject({ status: 201, json: { tenant: 'beta' } });
    expect(await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], tenant: 'beta' }, as(admin.key, { 'lockstep-tenant': 'acme' }))).toMatchObject({ status: 403 });
  });

  it('not what its own key has lost a moment ago', async () => {
    const { id, key } = await createKey({ scopes: ['manage', 'ingest'] });
    await store.query("update api_keys set scopes = '{manage}' where public_id = $1", [id.slice(4)]);
    expect(await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['ingest'] }, as(key))).toMatchObject({ status: 403 });
    await store.query('update api_keys set revoked_at = now() where public_id = $1', [id.slice(4)]);
    expect((await client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'] }, as(key))).status).toBe(401);
  });

  it('not more than a former secret has left, nor its own key', async () => {
    const old = await createKey({ scopes: ['manage'] });
    const path = `/v1/api-keys/${old.id}`;
    expect((await client.call('GET', '/v1/endpoints', { headers: as(old.key) })).status).toBe(200);
    const { previousExpiresAt, ...current } = (await client.send('POST', `${path}/rotate`, { overlap: '1h' })).json as ShownKey & { previousExpiresAt: string };
    const create = (expiresAt: string | null): Promise<Answer> => client.send('POST', '/v1/api-keys', { name: 'n', scopes: ['read'], expiresAt }, as(old.key));
    for (const expiresAt of [null, future(1)]) expect(await create(expiresAt)).toMatchObject({ status: 403, json: { errors: [{ path: '/expiresAt' }] } });
    expect((await create(new Date(Date.parse(previousExpiresAt) - 1_000).toISOString())).status).toBe(201);
    for (const [method, url, body] of [['POST', `${path}/rotate`, { overlap: '0s' }], ['POST', `${path}/rotate`, {}], ['PATCH', path, { name: 'mine' }], ['PATCH', path, { scopes: ['read'] }]] as const) {
      expect(await client.send(method, url, body, as(old.key))).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    }
    expect((await client.send('PATCH', path, { name: 'ours' }, as(current.key))).status).toBe(200);
    // By the table, as if the gateway had not heard of the end of the overlap yet.
    await store.query('delete from former_api_key_secrets where prefix = $1', [old.prefix]);
    expect((await create(previousExpiresAt)).status).toBe(401);
    expect((await client.send('POST', `${path}/rotate`, {}, as(current.key))).status).toBe(200);
  });

  it('not a key that becomes larger between the judgement and the rotation', async () => {
    const manager = await createKey({ scopes: ['manage'] });
    const small = await createKey({ scopes: ['read'] });
    // The rotation waits for this transaction, which makes the key an admin's.
    const admin = new pg.Client(gateway.databaseUrl);
    await admin.connect();
    await admin.query('begin');
    await admin.query("update api_keys set scopes = '{admin}' where public_id = $1", [small.id.slice(4)]);
    const rotated = client.send('POST', `/v1/api-keys/${small.id}/rotate`, {}, as(manager.key));
    await waitUntil('a rotation that waits', async () => (await store.query("select from pg_stat_activity where application_name = 'lockstep-gateway-api' and wait_event_type = 'Lock' and datname = current_database()")).rowCount === 1);
    await admin.query('commit');
    await admin.end();
    expect((await rotated).status).toBe(404);
    expect((await store.query('select from former_api_key_secrets join api_keys k on k.id = api_key where public_id = $1', [small.id.slice(4)])).rowCount).toBe(0);
  });
});
