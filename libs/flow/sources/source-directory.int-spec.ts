import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { mintId, toPublicId } from '#domain/ids';
import { explaining } from '#dev/testing/explain';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { SecretBox } from '#ground/secrets/secret-box';
import { sourceSecretContext } from '#ground/secrets/secret-contexts';
import { readSources } from './read-sources.queries.js';
import type { Source } from './source.js';
import { SourceDirectory } from './source-directory.js';
import { SourcesModule } from './sources.module.js';

let fixture: ShardFixture;
let pool: pg.Pool;
let log: LogCapture;
/** Two processes on one database; the network of the second can break. */
let processes: readonly [TestingModule, TestingModule];
let directories: readonly [SourceDirectory, SourceDirectory];
let network: TcpProxy;
let name: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  ({ pool } = fixture);
  log = captureLog();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  processes = [await testModules(fixture.url, [SourcesModule], { logger: log.logger }).compile(), await testModules(url.href, [SourcesModule]).compile()];
  directories = [processes[0].get(SourceDirectory), processes[1].get(SourceDirectory)];
  for (const directory of directories) directory.start();
  await pool.query("insert into tenants (id, rate_limit_per_second, rate_limit_burst) values ('acme', 5, 10), ('closing', null, null)");
});

beforeEach(() => {
  name = `s${mintId()}`;
});

afterAll(async () => {
  network.restore();
  await Promise.all(directories.map((directory) => directory.stop()));
  await Promise.all(processes.map((process) => process.close()));
  await network.stop();
  await fixture.close();
});

/** A source in Postgres. */
class StoredSource {
  private constructor(
    readonly id: number,
    private readonly uuid: string,
  ) {}

  static async create(tenant = 'default', secrets: readonly string[] = ['first']): Promise<StoredSource> {
    const uuid = mintId();
    const { rows: [row] } = await pool.query<{ id: number }>(
      `insert into sources (public_id, tenant, name, provider, settings) values ($1, $2, $3, 'stripe', '{"type": "t"}') returning id`, [uuid, tenant, name]);
    const created = new StoredSource(row?.id ?? 0, uuid);
    for (const secret of secrets) await created.addSecret(secret);
    return created;
  }

  get publicId(): string {
    return toPublicId('src', this.uuid);
  }

  /** Always with a change of the source, as statements do it. */
  async addSecret(secret: string, expiresIn: string | null = null): Promise<void> {
    await pool.query(
      `with changed as (update sources set updated_at = now() where id = $1 returning id)
       insert into source_secrets (source, secret, expires_at) select id, $2, now() + $3::interval from changed`,
      [this.id, processes[0].get(SecretBox).seal(secret, sourceSecretContext(this.uuid)), expiresIn]);
  }

  change(set: string): Promise<unknown> {
    return pool.query(`update sources set ${set} where id = $1`, [this.id]);
  }
}

/** Waits until all processes see it so, and returns how long the last one did not, in milliseconds. */
async function slowest(reference: string, isSo: (source: Source | undefined) => boolean): Promise<number> {
  const startedAtMs = performance.now();
  const times = await Promise.all(directories.map(async (directory) => {
    let lastMs = 0;
    await waitUntil('the change', async () => {
      const askedAtMs = performance.now();
      if (isSo(await directory.get(reference))) return true;
      lastMs = askedAtMs - startedAtMs;
      return false;
    });
    return lastMs;
  }));
  return Math.max(...times);
}

describe('SourceDirectory', () => {
  it('finds a source by its id and, in the tenant default, by its name', async () => {
    const { id, publicId } = await StoredSource.create();
    const found = await directories[0].get(publicId);
    expect(found).toEqual({
      id, publicId, tenant: 'default', name, provider: 'stripe', settings: { type: 't' }, isEnabled: true, secrets: [{ value: 'first', expiresAtMs: Infinity }],
      principal: { tenant: 'default', actor: { type: 'source', id: publicId, name }, scopes: new Set(['ingest']), ingest: { duplicates: 'replay', resubmit: 'none', refusesUnknownTypes: false, limits: [] } },
    });
    expect(await directories[0].get(name)).toEqual(found);
    expect(directories[0].get(publicId)).toBe(found);
  });

  it('does not find a source of another tenant by its name, and gives it the limits of its tenant', async () => {
    const { publicId } = await StoredSource.create('acme');
    expect(await directories[0].get(name)).toBeUndefined();
    expect(await directories[0].get(publicId)).toMatchObject({ tenant: 'acme', principal: { tenant: 'acme', ingest: { limits: [{ bucket: 'tenant/acme', perSecond: 5, burst: 10 }] } } });
  });

  it.each(['', 'src_', 'src_1', 'a/b', 'a\u0000', '\ud800', 'ä', 'x'.repeat(200), 'api'])('asks nobody about %j', (reference) => {
    expect(directories[0].get(reference)).toBeUndefined();
  });

  it('has the secrets that are valid, newest first, with their ends by the database\'s clock', async () => {
    const source = await StoredSource.create('default', ['oldest']);
    await source.addSecret('expired', '-1 second');
    await source.addSecret('ending', '1 hour');
    await source.addSecret('newest');
    const found = await directories[0].get(source.publicId);
    expect(found?.secrets.map(({ value }) => value)).toEqual(['newest', 'ending', 'oldest']);
    const ends = found?.secrets.map(({ expiresAtMs }) => Math.round((expiresAtMs - directories[0].databaseNowMs()) / 60_000));
    expect(ends).toEqual([Infinity, 60, Infinity]);
  });

  it.each<[string, string, (source: Source | undefined) => boolean]>([
    ['disabling', 'enabled = false', (source) => source?.isEnabled === false],
    ['other settings', `settings = '{"type": "other"}'`, (source) => JSON.stringify(source?.settings) === '{"type":"other"}'],
    ['another policy', "duplicates = 'conflict'", (source) => source?.principal.ingest.duplicates === 'conflict'],
    ['deletion', 'deleted_at = now()', (source) => source === undefined],
  ])('%s holds in all processes within a second', async (_, set, isSo) => {
    const source = await StoredSource.create();
    for (const directory of directories) expect(isSo(await directory.get(name))).toBe(false);
    await source.change(set);
    expect(await slowest(name, isSo)).toBeLessThan(1_000);
  });

  it('creation, a new secret and a new name hold within a second', async () => {
    for (const directory of directories) expect(await directory.get(name)).toBeUndefined();
    const source = await StoredSource.create();
    expect(await slowest(name, (found) => found !== undefined)).toBeLessThan(1_000);
    await source.addSecret('second');
    expect(await slowest(name, (found) => found?.secrets[0]?.value === 'second')).toBeLessThan(1_000);
    await source.change(`name = '${name}-2'`);
    const [gone, found] = await Promise.all([slowest(name, (former) => former === undefined), slowest(`${name}-2`, (renamed) => renamed !== undefined)]);
    expect(Math.max(gone, found)).toBeLessThan(1_000);
  });

  it('a change of the tenant holds within a second, and so does that of a source afterwards', async () => {
    const source = await StoredSource.create('closing');
    const { publicId } = source;
    for (const directory of directories) expect(await directory.get(publicId)).toMatchObject({ isEnabled: true });
    await pool.query("update tenants set enabled = false, refuses_unknown_types = true where id = 'closing'");
    expect(await slowest(publicId, (found) => found?.isEnabled === false && found.principal.ingest.refusesUnknownTypes)).toBeLessThan(1_000);
    await pool.query("update tenants set enabled = true, rate_limit_per_second = 1, rate_limit_burst = 2 where id = 'closing'");
    expect(await slowest(publicId, (found) => found?.isEnabled === true && found.principal.ingest.limits.length === 1)).toBeLessThan(1_000);
    await source.change('enabled = false');
    expect(await slowest(publicId, (found) => found?.isEnabled === false)).toBeLessThan(1_000);
  });

  it('a secret that does not open counts as none, and other sources are found', async () => {
    const source = await StoredSource.create('default', []);
    await pool.query("insert into source_secrets (source, secret) values ($1, '\\x00')", [source.id]);
    await source.addSecret('good');
    expect((await directories[0].get(source.publicId))?.secrets.map(({ value }) => value)).toEqual(['good']);
    expect(log.lines).toContainEqual(expect.objectContaining({ msg: 'A secret of the source cannot be used', source: source.publicId }));
  });

  it('answers store_unavailable while Postgres is away, and finds sources again afterwards', async () => {
    await StoredSource.create();
    expect(await directories[1].get(name)).toBeDefined();
    network.cut();
    await waitUntil('memory to be too old', async () => {
      try {
        await directories[1].get(name);
        return false;
      } catch (error) {
        expect(error).toMatchObject({ code: 'store_unavailable' });
        return true;
      }
    });
    expect(await directories[0].get(name)).toBeDefined();
    network.restore();
    await waitUntil('the source', async () => Promise.resolve(directories[1].get(name)).then((found) => found !== undefined, () => false));
  });

  it('reads by index, however many sources there are', async () => {
    await pool.query("insert into tenants (id) select 't' || n from generate_series(0, 99) n");
    await pool.query("insert into sources (public_id, tenant, name, provider) select gen_random_uuid(), 't' || n % 100, 'many' || n, 'none' from generate_series(1, 20000) n");
    await pool.query('insert into source_secrets (source, secret) select id, $1 from sources', [Buffer.from('secret')]);
    await pool.query('analyze');
    const { rows: [now] } = await pool.query<{ since: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as since');
    const plans: string[] = [];
    await readSources.run({ since: now?.since ?? '', publicIds: [mintId()], namesOf: 'default', names: ['stripe'], most: 1_000 }, explaining(pool, plans));
    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toMatch(/Seq Scan on source/);
  });
});
