import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { mintId } from '#domain/ids';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import type { Source } from '#flow/sources/source';
import { SourceDirectory } from '#flow/sources/source-directory';
import { SourcesModule } from '#flow/sources/sources.module';
import type { Principal } from '#ground/http/principal';
import { databaseToken } from '#ground/postgres/inject-postgres';
import { SecretBox } from '#ground/secrets/secret-box';
import { EnvironmentSources } from './environment-sources.js';
import { newSourceSchema, secretRotationSchema, sourceChangeSchema, sourceDetailSchema, type SourceResource, sourceStatsQuerySchema, type SourceStats, sourceStatsSchema } from './source.schema.js';
import { SourcesApiModule } from './sources-api.module.js';
import { MAX_SOURCES, MAX_TOPICS, SourcesRepository } from './sources.repository.js';
import { SourcesService } from './sources.service.js';

const OTHER: Principal = { ...TEST_PRINCIPAL, tenant: 'acme' };

let fixture: ShardFixture;
let pool: pg.Pool;
let api: TestingModule;
let sources: SourcesService;
let name: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  ({ pool } = fixture);
  api = await testModules(fixture.url, [SourcesModule, SourcesApiModule], { env: { LOCKSTEP_PUBLIC_URL: 'https://hooks.example.com/lockstep/' } }).compile();
  sources = api.get(SourcesService);
  await pool.query("insert into tenants (id) values ('acme'), ('full')");
});

beforeEach(() => {
  name = `s${mintId()}`;
});

afterAll(async () => {
  await api.close();
  await fixture.close();
});

const create = async (settings: Record<string, unknown> = {}, principal = TEST_PRINCIPAL): Promise<SourceResource> => sourceDetailSchema.parse(await sources.create(principal, newSourceSchema.parse({ name, provider: 'stripe', secrets: ['whsec_first'], ...settings })));
const createTopic = (settings: Record<string, unknown> = {}, principal = TEST_PRINCIPAL, others: Record<string, unknown> = {}): Promise<SourceResource> => create({ ...others, provider: 'kafka', secrets: [], settings: { brokers: ['kafka.example.com:9092'], topic: 'orders', type: 'order.changed', ...settings } }, principal);
const change = (id: string, changes: Record<string, unknown>, principal = TEST_PRINCIPAL): Promise<SourceResource> => sources.change(principal, id, sourceChangeSchema.parse(changes));
const rotate = (id: string, rotation: Record<string, unknown>, principal = TEST_PRINCIPAL): Promise<SourceResource> => sources.rotateSecret(principal, id, secretRotationSchema.parse(rotation));
const audited = async (id: string): Promise<unknown[]> => (await pool.query<Record<string, unknown>>('select tenant, actor, action, detail from audit_log where subject = $1 order by id', [id])).rows;

/** The source as a gateway that starts now sees it. */
async function seen(reference: string): Promise<Source | undefined> {
  const directory = new SourceDirectory(api.get(databaseToken('sources'), { strict: false }), api.get(SecretBox, { strict: false }), captureLog().logger);
  directory.start();
  const source = await directory.get(reference);
  await directory.stop();
  return source;
}

const liveSecrets = async (reference: string): Promise<string[]> => (await seen(reference))?.secrets.map(({ value }) => value) ?? [];
const storedSecrets = async (id: string): Promise<number> => (await pool.query('select from source_secrets s join sources on sources.id = s.source where public_id = $1', [id.slice(4)])).rowCount ?? 0;

describe('a source', () => {
  it('is created, changed, and deleted with its secrets; each is audited', async () => {
    const created = await create({ duplicates: 'conflict', secrets: ['whsec_newest', 'whsec_older'] });
    const { id } = created;
    const secret = { createdAt: expect.any(String) as unknown, expiresAt: null };
    expect(created).toEqual({
      id, url: `https://hooks.example.com/lockstep/in/${id}`, name, provider: 'stripe', secrets: [secret, secret], settings: {}, duplicates: 'conflict', resubmit: 'none', status: 'active',
      state: 'idle', lastAcceptedAt: null, lastRejectedAt: null, lastRejection: null, createdAt: expect.any(String) as unknown, updatedAt: expect.any(String) as unknown,
      kafka: null,
    });
    expect(await seen(id)).toMatchObject({ name, settings: {}, isEnabled: true, secrets: [{ value: 'whsec_newest' }, { value: 'whsec_older' }], principal: { ingest: { duplicates: 'conflict', resubmit: 'none' } } });
    const changes = { name: `${name}-2`, settings: { entity: 'json:/id' }, duplicates: 'replay', resubmit: 'requeue-dead', status: 'disabled' } as const;
    expect(await change(id, changes)).toEqual({ ...created, ...changes, state: 'disabled', updatedAt: expect.any(String) as unknown });
    expect(await seen(`${name}-2`)).toMatchObject({ publicId: id, settings: { entity: 'json:/id' }, isEnabled: false, principal: { ingest: { duplicates: 'replay', resubmit: 'requeue-dead' } } });
    // What changes nothing is not audited.
    for (const again of [{}, changes, { status: 'disabled' }]) expect(await change(id, again)).toMatchObject(changes);
    await sources.delete(TEST_PRINCIPAL, id);
    expect([await seen(id), await seen(`${name}-2`), await storedSecrets(id)]).toEqual([undefined, undefined, 0]);
    const by = { tenant: 'default', actor: 'admin' };
    expect(await audited(id)).toEqual([
      { ...by, action: 'source.created', detail: { name, provider: 'stripe' } }, { ...by, action: 'source.updated', detail: { settings: Object.keys(changes) } }, { ...by, action: 'source.deleted', detail: { name: `${name}-2` } },
    ]);
  });

  it('of another tenant, one that is deleted and one that never was are not found in the same words', async () => {
    const { id: foreign } = await create({}, OTHER);
    const { id: deleted } = await create();
    await sources.delete(TEST_PRINCIPAL, deleted);
    for (const id of [foreign, deleted, `src_${'0'.repeat(32)}`, 'src_1', 'stripe', '']) {
      const calls = [sources.get('default', id), change(id, { status: 'disabled' }), rotate(id, { secret: 'whsec_x' }), sources.delete(TEST_PRINCIPAL, id), sources.stats('default', id, {})];
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'not_found', message: `There is no source ${id}` });
    }
    expect(await sources.get('acme', foreign)).toMatchObject({ status: 'active' });
  });

  it('stores secrets encrypted, and none stands in the audit log', async () => {
    const { id } = await create({ secrets: ['whsec_visible'] });
    await rotate(id, { secret: 'whsec_visible2' });
    const { rows } = await pool.query<{ text: string }>("select encode(secret, 'escape') as text from source_secrets union all select detail::text from audit_log");
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ text }) => text.includes('visible'))).toEqual([]);
  });

  it('names what is wrong, with its path', async () => {
    const wrong = async (settings: Record<string, unknown>): Promise<string[]> => sources.create(TEST_PRINCIPAL, newSourceSchema.parse({ name, provider: 'stripe', secrets: ['whsec_first'], ...settings })).then(
      () => [], (error: { code: string; errors: { path: string }[] }) => [error.code, ...error.errors.map(({ path }) => path)]);
    expect(await wrong({ settings: { colour: 'red' } })).toEqual(['invalid_request', '/settings/colour']);
    expect(await wrong({ settings: { entity: '{' }, secrets: ['whsec_first', 'sk_live'] })).toEqual(['invalid_request', '/settings/entity', '/secrets/1']);
    expect(await wrong({ secrets: [] })).toEqual(['invalid_request', '/secrets']);
    expect(await wrong({ provider: 'kafka', settings: { topic: '' } })).toEqual(['invalid_request', '/settings/topic', '/secrets']);
    for (const [provider, setting] of [['kafka', 'topic'], ['paypal', 'webhookId'], ['none', 'networks']] as const) {
      await expect(create({ provider, secrets: [] })).rejects.toMatchObject({ errors: [{ path: `/settings/${setting}`, message: 'is required' }] });
    }
    const { id } = await create();
    await expect(change(id, { settings: { colour: 'red' } })).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings/colour' }] });
    await expect(rotate(id, { secret: 'sk_live' })).rejects.toMatchObject({ errors: [{ path: '/secret' }] });
    await expect(rotate(id, { secrets: ['whsec_a', 'sk_live'] })).rejects.toMatchObject({ errors: [{ path: '/secrets/1' }] });
  });

  it("refuses topics of Lockstep's own cluster that the source may not read", async () => {
    await pool.query(`insert into tenants (id) values ('acme') on conflict do nothing`);
    const createOwn = (topic: string, principal = TEST_PRINCIPAL): Promise<SourceResource> => create({ name: `own-${topic}`, provider: 'kafka', secrets: [], settings: { topic } }, principal);
    await expect(createOwn('orders', OTHER)).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings/brokers' }] });
    await expect(createOwn('lockstep.events')).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings/topic' }] });
    const { id } = await createTopic({}, OTHER);
    await expect(change(id, { settings: { topic: 'orders' } }, OTHER)).rejects.toMatchObject({ errors: [{ path: '/settings/brokers' }] });
    await createOwn('orders');
  });

  it('refuses settings that none of its secrets fits', async () => {
    const { id } = await create({ provider: 'hmac', secrets: ['not hex'] });
    const toHex = (): Promise<SourceResource> => change(id, { settings: { secretEncoding: 'hex' } });
    await expect(toHex()).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings', message: expect.stringContaining('must be in hex') }] });
    await rotate(id, { secret: 'abcd', overlap: '1h' });
    expect(await toHex()).toMatchObject({ settings: { secretEncoding: 'hex' } });
  });

  it('of a topic refuses what would answer a duplicate', async () => {
    const issues = [{ path: '/duplicates' }, { path: '/resubmit' }];
    await expect(createTopic({}, TEST_PRINCIPAL, { duplicates: 'conflict', resubmit: 'requeue-dead' })).rejects.toMatchObject({ code: 'invalid_request', errors: issues });
    const { id } = await createTopic();
    await expect(change(id, { duplicates: 'conflict', resubmit: 'requeue-dead' })).rejects.toMatchObject({ errors: issues });
    expect(await change(id, { duplicates: 'replay', resubmit: 'none', status: 'disabled' })).toMatchObject({ status: 'disabled' });
  });

  it('pages through all, newest first, with at most 1 MiB of settings', async () => {
    await pool.query("insert into tenants (id) values ('pages')");
    await pool.query("insert into sources (public_id, tenant, name, provider, settings) select gen_random_uuid(), 'pages', 'n' || n, 'hmac', jsonb_build_object('text', repeat('x', 400000)) from generate_series(1, 5) n");
    const [first, fewer] = [await sources.list('pages', { limit: 250, cursor: undefined }), await sources.list('pages', { limit: 1, cursor: undefined })];
    expect([first.data.map((source) => source.name), fewer.data.map((source) => source.name)]).toEqual([['n5', 'n4'], ['n5']]);
    expect([first.nextCursor, fewer.nextCursor]).toEqual([expect.any(String), expect.any(String)]);
    expect((await sources.list('pages', { limit: 250, cursor: [1] })).data).toEqual([]);
  });
});

describe('names', () => {
  it('are unique in a tenant, whoever comes first, and free again after a deletion', async () => {
    const created = await Promise.allSettled(Array.from({ length: 8 }, () => create()));
    const [winner] = created.filter((each) => each.status === 'fulfilled').map(({ value }) => value);
    expect(created.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown)).toEqual(Array(7).fill(expect.objectContaining({ code: 'conflict', errors: [{ path: '/name', message: 'is taken' }] })));
    expect(await create({}, OTHER)).toMatchObject({ name });
    await sources.delete(TEST_PRINCIPAL, winner?.id ?? '');
    expect(await create()).toMatchObject({ name });
  });

  it('of renamed sources are unique, too', async () => {
    const [first, second] = [await create({ name: `${name}-1` }), await create({ name: `${name}-2` })];
    await expect(change(first.id, { name: `${name}-2`, status: 'disabled' })).rejects.toMatchObject({ code: 'conflict', errors: [{ path: '/name' }] });
    expect(await sources.get('default', first.id)).toMatchObject({ name: `${name}-1`, status: 'active' });
    expect(await change(first.id, { name: `${name}-1` })).toMatchObject({ name: `${name}-1` });
    const renamed = await Promise.allSettled([change(first.id, { name }), change(second.id, { name }), create({ name })]);
    expect(renamed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

it('a tenant has at most 1,000 sources, deleted ones not counted, also when several are created at once', async () => {
  const full: Principal = { ...TEST_PRINCIPAL, tenant: 'full' };
  await pool.query("insert into sources (public_id, tenant, name, provider) select gen_random_uuid(), 'full', 'n' || n, 'none' from generate_series(1, $1::integer) n", [MAX_SOURCES - 1]);
  const created = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => create({ name: `m${i}` }, full)));
  expect(created.map(({ status }) => status).toSorted()).toEqual(['fulfilled', ...Array<string>(5).fill('rejected')]);
  await expect(create({ name: 'more' }, full)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('1000 sources') as unknown });
  await pool.query("update sources set deleted_at = now() where tenant = 'full' and name = 'n1'");
  expect(await create({ name: 'n1' }, full)).toMatchObject({ name: 'n1' });
});

describe('a rotation', () => {
  it('keeps the secret before for the overlap, by the database\'s clock', async () => {
    const { id } = await create();
    const rotated = await rotate(id, { secret: 'whsec_second', overlap: '1h' });
    expect(await liveSecrets(id)).toEqual(['whsec_second', 'whsec_first']);
    expect(rotated.secrets.map(({ expiresAt }) => expiresAt === null)).toEqual([true, false]);
    const { rows: [row] } = await pool.query<{ minutes: number }>('select extract(minute from max(expires_at) - now() + interval \'30 s\') + 60 * extract(hour from max(expires_at) - now() + interval \'30 s\') as minutes from source_secrets s join sources on sources.id = s.source where public_id = $1', [id.slice(4)]);
    expect(Number(row?.minutes)).toBe(60);
    await pool.query("update source_secrets set expires_at = now() where expires_at is not null");
    expect(await liveSecrets(id)).toEqual(['whsec_second']);
    expect((await sources.get('default', id)).secrets).toHaveLength(1);
    expect(await audited(id)).toMatchObject([{ action: 'source.created' }, { action: 'source.secret_rotated', detail: { secrets: 1, previousExpiresAt: rotated.secrets[1]?.expiresAt } }]);
  });

  it('without an overlap ends all before, and an earlier end stays', async () => {
    const { id } = await create();
    await rotate(id, { secret: 'whsec_second', overlap: '1m' });
    const [, before] = (await rotate(id, { secret: 'whsec_third', overlap: '1h' })).secrets;
    const [, second, first] = (await sources.get('default', id)).secrets;
    expect(second).toEqual(before);
    expect(Date.parse(second?.expiresAt ?? '') - Date.parse(first?.expiresAt ?? '')).toBeGreaterThan(3_000_000);
    expect((await rotate(id, { secrets: ['whsec_fourth', 'whsec_fifth'], overlap: '0s' })).secrets.map(({ expiresAt }) => expiresAt)).toEqual([null, null]);
    expect([await liveSecrets(id), await storedSecrets(id)]).toEqual([['whsec_fourth', 'whsec_fifth'], 2]);
  });

  it('that meets others leaves all of the new secrets valid, each with an end but the last one\'s', async () => {
    const { id } = await create();
    const results = await Promise.allSettled(Array.from({ length: 4 }, (_, i) => rotate(id, { secret: `whsec_${i}`, overlap: '1h' })));
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    expect((await liveSecrets(id)).toSorted()).toEqual(['whsec_0', 'whsec_1', 'whsec_2', 'whsec_3', 'whsec_first']);
    expect((await sources.get('default', id)).secrets.map(({ expiresAt }) => expiresAt === null)).toEqual([true, false, false, false, false]);
  });

  it('beyond ten secrets ends those that were set first', async () => {
    const { id } = await create();
    await rotate(id, { secrets: Array.from({ length: 8 }, (_, i) => `whsec_${i}`) });
    await rotate(id, { secrets: ['whsec_newest', 'whsec_newer', 'whsec_new'] });
    expect(await liveSecrets(id)).toEqual(['whsec_newest', 'whsec_newer', 'whsec_new', ...Array.from({ length: 7 }, (_, i) => `whsec_${i}`)]);
    expect(await storedSecrets(id)).toBe(10);
  });
});

describe('a topic', () => {
  const sasl = { mechanism: 'plain', username: 'lockstep', password: 'visible' };

  it('is one of at most 20 of a tenant', async () => {
    await pool.query("insert into tenants (id) values ('topics')");
    const principal: Principal = { ...TEST_PRINCIPAL, tenant: 'topics' };
    const created = await Promise.allSettled(Array.from({ length: MAX_TOPICS + 2 }, (_, i) => createTopic({ topic: `t${i}` }, principal, { name: `t${i}` })));
    expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(MAX_TOPICS);
    await expect(createTopic({}, principal)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('20 Kafka sources') as unknown });
    expect(await create({}, principal)).toMatchObject({ provider: 'stripe' });
  });

  it('is failing while a gateway that reads it says so, also in lists', async () => {
    await pool.query("insert into tenants (id) values ('readers')");
    const principal: Principal = { ...TEST_PRINCIPAL, tenant: 'readers' };
    const { id } = await createTopic({}, principal);
    const states = async (): Promise<string[]> => [(await sources.get('readers', id)).state, ...(await sources.list('readers', { limit: 1, cursor: undefined })).data.map(({ state }) => state)];
    await pool.query(`insert into source_readers (source, gateway, state) select s.id, gen_random_uuid(), r.state from sources s, (values ('reading'), ('failing')) r (state) where public_id = $1`, [id.slice(4)]);
    expect(await states()).toEqual(['failing', 'failing']);
    // Gateways that have said nothing for half a minute count no more.
    await pool.query(`update source_readers set seen_at = now() - interval '31 seconds' where state = 'failing'`);
    expect(await states()).toEqual(['idle', 'idle']);
  });

  it('keeps its password as a secret, and shows it nowhere', async () => {
    await expect(createTopic({ sasl: { mechanism: 'plain', username: 'lockstep' } })).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings/sasl/password' }] });
    const created = await createTopic({ sasl });
    const { id } = created;
    expect(created).toMatchObject({ url: null, settings: { sasl: { mechanism: 'plain', username: 'lockstep' } }, secrets: [{}] });
    expect(JSON.stringify(created)).not.toContain('visible');
    expect(await liveSecrets(id)).toEqual(['visible']);
    // A password that is left out stays.
    const brokers = ['kafka.example.com:9092'];
    const settings = { brokers, topic: 'others', sasl: { mechanism: 'plain', username: 'other' } };
    // It is sent nowhere else.
    for (const elsewhere of [{ brokers: ['kafka.example.org:9092'] }, { ssl: true }, { sasl: { mechanism: 'scram-sha-256', username: 'other' } }]) {
      await expect(change(id, { settings: { ...settings, ...elsewhere } })).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings/sasl/password' }] });
    }
    expect(await change(id, { settings })).toMatchObject({ settings });
    expect(await liveSecrets(id)).toEqual(['visible']);
    await change(id, { settings: { brokers, topic: 'others', sasl: { ...sasl, password: 'another' } } });
    expect(await liveSecrets(id)).toEqual(['another']);
    await rotate(id, { secret: 'rotated', overlap: '0s' });
    expect(await liveSecrets(id)).toEqual(['rotated']);
    await change(id, { settings: { topic: 'others' } });
    expect([await liveSecrets(id), await storedSecrets(id)]).toEqual([[], 0]);
    await expect(rotate(id, { secret: 'none' })).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/secret' }] });
    await expect(change(id, { settings })).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: '/settings/sasl/password' }] });
  });
});

describe('statistics', () => {
  const stats = async (id: string, query: Record<string, unknown> = {}): Promise<SourceStats> => sourceStatsSchema.parse(await sources.stats('default', id, sourceStatsQuerySchema.parse(query)));

  it('count by outcome and step, in the range only', async () => {
    const { id } = await create();
    await pool.query(
      `insert into source_activity (source, minute, outcome, requests, last_detail, last_at)
       select s.id, a.minute, a.outcome, a.requests, a.outcome || a.requests, a.minute + interval '10 s'
       from sources s, (values ('2026-01-31T10:59Z'::timestamptz, 'accepted', 100), ('2026-01-31T11:00Z', 'accepted', 1), ('2026-01-31T11:30Z', 'accepted', 2), ('2026-01-31T11:30Z', 'invalid_signature', 4), ('2026-01-31T13:00Z', 'accepted', 100)) a (minute, outcome, requests)
       where s.public_id = $1`, [id.slice(4)]);
    const outcomes = [
      { outcome: 'accepted', count: 3, lastAt: '2026-01-31T11:30:10.000Z', lastDetail: 'accepted2' }, { outcome: 'invalid_signature', count: 4, lastAt: '2026-01-31T11:30:10.000Z', lastDetail: 'invalid_signature4' },
    ];
    const range = { from: '2026-01-31T11:00:00.000Z', to: '2026-01-31T13:00:00.000Z' };
    expect(await stats(id, range)).toEqual({
      ...range, step: '1m', outcomes, steps: [{ at: '2026-01-31T11:00:00.000Z', counts: { accepted: 1 } }, { at: '2026-01-31T11:30:00.000Z', counts: { accepted: 2, invalid_signature: 4 } }],
    });
    expect(await stats(id, { from: '2026-01-31T00:00:00Z', to: '2026-02-01T00:00:00Z' })).toMatchObject({
      step: '1h', steps: [{ at: '2026-01-31T10:00:00.000Z', counts: { accepted: 100 } }, { at: '2026-01-31T11:00:00.000Z', counts: { accepted: 3, invalid_signature: 4 } }, { at: '2026-01-31T13:00:00.000Z' }],
    });
    expect(await stats(id, { from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' })).toMatchObject({ step: '1d', steps: [{ at: '2026-01-31T00:00:00.000Z', counts: { accepted: 203, invalid_signature: 4 } }] });
    await expect(stats(id, { from: '2026-02-01T00:00:00Z', to: '2026-02-01T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('are empty without requests, by default of a day', async () => {
    const { id } = await create();
    const { from, to, ...rest } = await stats(id);
    expect([Date.parse(to) - Date.parse(from), rest]).toEqual([86_400_000, { step: '1h', outcomes: [], steps: [] }]);
  });

  it('the state says how a source is doing', async () => {
    const { id } = await create();
    const stateAfter = async (set: string): Promise<string> => {
      await pool.query(`update source_states set ${set} from sources where sources.id = source and public_id = $1`, [id.slice(4)]);
      return (await sources.get('default', id)).state;
    };
    expect(await stateAfter("last_accepted_at = now() - interval '25 hours'")).toBe('idle');
    expect(await stateAfter("last_rejected_at = now() - interval '23 hours', last_rejection_code = 'invalid_signature', last_rejection_detail = 'wrong'")).toBe('active');
    expect(await stateAfter('refused = 5')).toBe('failing');
    expect(await sources.get('default', id)).toMatchObject({ lastRejection: { code: 'invalid_signature', detail: 'wrong' }, lastRejectedAt: expect.any(String) as unknown });
    expect((await change(id, { status: 'disabled' })).state).toBe('disabled');
  });
});

describe('the environment', () => {
  let log: LogCapture;

  beforeEach(async () => {
    log = captureLog();
    await pool.query("update sources set deleted_at = now() where tenant = 'default' and name in ('stripe', 'webhooks')");
  });

  const establish = (stripeWebhookSecret?: string, webhookSecret?: string): Promise<void> =>
    new EnvironmentSources({ stripeWebhookSecret, webhookSecret }, api.get(SourcesRepository), api.get(SecretBox, { strict: false }), log.logger).establish();
  const auditOf = async (reference: string): Promise<unknown[]> => audited((await seen(reference))?.publicId ?? '');

  it('makes sources at the start, and changes nothing at the next one', async () => {
    await establish();
    expect(await seen('stripe')).toBeUndefined();
    await establish('whsec_a', 'b');
    const [stripe, webhooks] = [await seen('stripe'), await seen('webhooks')];
    expect(stripe).toMatchObject({ tenant: 'default', provider: 'stripe', settings: {}, isEnabled: true, secrets: [{ value: 'whsec_a', expiresAtMs: Infinity }] });
    expect(webhooks).toMatchObject({ provider: 'hmac', settings: {}, secrets: [{ value: 'b' }] });
    await establish('whsec_a', 'b');
    await establish();
    expect([await seen('stripe'), await seen('webhooks')]).toEqual([stripe, webhooks]);
    expect(await auditOf('stripe')).toEqual([{ tenant: 'default', actor: 'system', action: 'source.created', detail: { name: 'stripe', provider: 'stripe' } }]);
  });

  it('replaces its own secret, and leaves what was set through the API', async () => {
    await establish('whsec_a');
    const id = (await seen('stripe'))?.publicId ?? '';
    await rotate(id, { secret: 'whsec_api', overlap: '1h' });
    await change(id, { status: 'disabled', settings: { entity: 'json:/id' } });
    await establish('whsec_b');
    expect(await seen('stripe')).toMatchObject({ publicId: id, isEnabled: false, settings: { entity: 'json:/id' } });
    expect((await liveSecrets(id)).toSorted()).toEqual(['whsec_api', 'whsec_b']);
    expect((await audited(id)).at(-1)).toEqual({ tenant: 'default', actor: 'system', action: 'source.secret_rotated', detail: { from: 'STRIPE_WEBHOOK_SECRET' } });
  });

  it('makes its secret valid again that a rotation gave an end, or that does not open', async () => {
    await establish('whsec_a');
    const id = (await seen('stripe'))?.publicId ?? '';
    await rotate(id, { secret: 'whsec_api', overlap: '1h' });
    await establish('whsec_a');
    expect((await seen(id))?.secrets.map(({ value, expiresAtMs }) => [value, expiresAtMs])).toEqual([['whsec_a', Infinity], ['whsec_api', Infinity]]);
    await pool.query("update source_secrets set secret = '\\x00' where from_environment");
    await establish('whsec_a');
    expect((await liveSecrets(id)).toSorted()).toEqual(['whsec_a', 'whsec_api']);
  });

  it('is one of ten secrets at most: those that were set first end, as in a rotation', async () => {
    await establish('whsec_a');
    const id = (await seen('stripe'))?.publicId ?? '';
    await rotate(id, { secrets: Array.from({ length: 10 }, (_, i) => `whsec_${i}`), overlap: '0s' });
    await establish('whsec_b');
    expect(await liveSecrets(id)).toEqual(['whsec_b', ...Array.from({ length: 9 }, (_, i) => `whsec_${i}`)]);
  });

  it('of many gateways at once ends with one source and one secret', async () => {
    await Promise.all(Array.from({ length: 6 }, () => establish('whsec_a', 'b')));
    expect([await liveSecrets('stripe'), await liveSecrets('webhooks')]).toEqual([['whsec_a'], ['b']]);
    await Promise.all(Array.from({ length: 6 }, (_, i) => establish(i % 2 === 0 ? 'whsec_b' : 'whsec_c')));
    expect(await liveSecrets('stripe')).toHaveLength(1);
    expect(await auditOf('webhooks')).toHaveLength(1);
  });

  it('makes the source again that was deleted', async () => {
    await establish('whsec_a');
    const before = await seen('stripe');
    await sources.delete(TEST_PRINCIPAL, before?.publicId ?? '');
    await establish('whsec_a');
    expect((await seen('stripe'))?.publicId).not.toBe(before?.publicId);
  });

  it('leaves a source with another provider alone, and the log says so', async () => {
    await create({ name: 'webhooks' });
    await establish(undefined, 'b');
    expect(await liveSecrets('webhooks')).toEqual(['whsec_first']);
    expect(log.lines).toContainEqual(expect.objectContaining({ msg: expect.stringContaining('WEBHOOKSECRET is ignored') as unknown, provider: 'stripe' }));
  });
});
