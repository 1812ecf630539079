import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { mintId } from '#domain/ids';
import { explaining } from '#dev/testing/explain';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { SecretBox } from '#ground/secrets/secret-box';
import { StoredSource, type StoredSourceOptions } from './fixtures/stored-source.js';
import { readSources } from './read-sources.queries.js';
import { SourceDirectory } from './source-directory.js';
import { SourcesModule } from './sources.module.js';

let fixture: ShardFixture;
let pool: pg.Pool;
let log: LogCapture;
let gateway: TestingModule;
let directory: SourceDirectory;
let name: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  ({ pool } = fixture);
  log = captureLog();
  gateway = await testModules(fixture.url, [SourcesModule], { logger: log.logger }).compile();
  directory = gateway.get(SourceDirectory);
  directory.start();
  await pool.query("insert into tenants (id, rate_limit_per_second, rate_limit_burst) values ('acme', 5, 10)");
});

beforeEach(() => {
  name = `s${mintId()}`;
});

afterAll(async () => {
  await directory.stop();
  await gateway.close();
  await fixture.close();
});

const create = (options: Partial<StoredSourceOptions> = {}): Promise<StoredSource> => StoredSource.create(pool, gateway.get(SecretBox, { strict: false }), { name, ...options });

describe('SourceDirectory', () => {
  it('finds a source by its id and, in the tenant default, by its name', async () => {
    const { id, publicId } = await create();
    const found = await directory.get(publicId);
    expect(found).toEqual({
      id, publicId, tenant: 'default', name, provider: 'stripe', settings: { type: 't' }, isEnabled: true, secrets: [{ value: 'first', expiresAtMs: Infinity }], hasUnreadableSecret: false,
      principal: { tenant: 'default', actor: { type: 'source', id: publicId, name }, scopes: new Set(['ingest']), ingest: { duplicates: 'replay', resubmit: 'none', refusesUnknownTypes: false, limits: [] } },
    });
    expect(await directory.get(name)).toEqual(found);
    expect(directory.get(publicId)).toBe(found);
  });

  it('does not find a source of another tenant by its name, and gives it the limits of its tenant', async () => {
    const { publicId } = await create({ tenant: 'acme' });
    expect(await directory.get(name)).toBeUndefined();
    expect(await directory.get(publicId)).toMatchObject({ tenant: 'acme', principal: { tenant: 'acme', ingest: { limits: [{ bucket: 'tenant/acme', perSecond: 5, burst: 10 }] } } });
  });

  it.each(['', 'src_', 'src_1', 'a/b', 'a\u0000', '\ud800', 'ä', 'x'.repeat(200), 'api'])('asks nobody about %j', (reference) => {
    expect(directory.get(reference)).toBeUndefined();
  });

  it('has the secrets that are valid, newest first, with their ends by the database\'s clock', async () => {
    const source = await create({ secrets: ['oldest'] });
    await source.addSecret('expired', '-1 second');
    await source.addSecret('ending', '1 hour');
    await source.addSecret('newest');
    const found = await directory.get(source.publicId);
    expect(found?.secrets.map(({ value }) => value)).toEqual(['newest', 'ending', 'oldest']);
    const ends = found?.secrets.map(({ expiresAtMs }) => Math.round((expiresAtMs - directory.databaseNowMs()) / 60_000));
    expect(ends).toEqual([Infinity, 60, Infinity]);
  });

  it('a secret that does not open is left out and noted, and the others are used', async () => {
    const source = await create({ secrets: [] });
    await pool.query("insert into source_secrets (source, secret) values ($1, '\\x00')", [source.id]);
    await source.addSecret('good');
    const found = await directory.get(source.publicId);
    expect(found?.secrets.map(({ value }) => value)).toEqual(['good']);
    expect(found?.hasUnreadableSecret).toBe(true);
    expect(log.lines).toContainEqual(expect.objectContaining({ msg: 'A secret of the source cannot be used', source: source.publicId }));
  });

  it('reads by index, however many sources there are', async () => {
    await pool.query("insert into tenants (id) select 't' || n from generate_series(0, 99) n");
    await pool.query("insert into sources (public_id, tenant, name, provider) select gen_random_uuid(), 't' || n % 100, 'many' || n, 'none' from generate_series(1, 4000) n");
    await pool.query('insert into source_secrets (source, secret) select id, $1 from sources', [Buffer.from('secret')]);
    await pool.query('analyze');
    const { rows: [now] } = await pool.query<{ since: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as since');
    const plans: string[] = [];
    await readSources.run({ since: now?.since ?? '', publicIds: [mintId()], namesOf: 'default', names: ['stripe'], most: 1_000 }, explaining(pool, plans));
    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toMatch(/Seq Scan on source/);
  });
});
