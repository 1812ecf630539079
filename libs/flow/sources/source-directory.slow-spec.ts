import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { mintId } from '#domain/ids';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { SecretBox } from '#ground/secrets/secret-box';
import { StoredSource, type StoredSourceOptions } from './fixtures/stored-source.js';
import type { Source } from './source.js';
import { SourceDirectory } from './source-directory.js';
import { SourcesModule } from './sources.module.js';

/** A change that was answered holds at every gateway after this time. */
const BOUND_MS = 1_000;

let fixture: ShardFixture;
let pool: pg.Pool;
/** Two gateways on one database; the network of the second can break. */
let gateways: readonly [TestingModule, TestingModule];
let directories: readonly [SourceDirectory, SourceDirectory];
let network: TcpProxy;
let name: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  ({ pool } = fixture);
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  gateways = [await testModules(fixture.url, [SourcesModule]).compile(), await testModules(url.href, [SourcesModule]).compile()];
  directories = [gateways[0].get(SourceDirectory), gateways[1].get(SourceDirectory)];
  for (const directory of directories) directory.start();
  await pool.query("insert into tenants (id) values ('closing')");
});

beforeEach(() => {
  name = `s${mintId()}`;
});

afterAll(async () => {
  network.restore();
  await Promise.all(directories.map((directory) => directory.stop()));
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await network.stop();
  await fixture.close();
});

const create = (options: Partial<StoredSourceOptions> = {}): Promise<StoredSource> => StoredSource.create(pool, gateways[0].get(SecretBox, { strict: false }), { name, ...options });

/** Waits until both gateways see it so. Returns when the last one was asked that did not, in milliseconds from now. */
async function lastOther(reference: string, isSo: (source: Source | undefined) => boolean): Promise<number> {
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

describe('at both gateways', () => {
  it.each<[string, string, (source: Source | undefined) => boolean]>([
    ['a disabled source', 'enabled = false', (source) => source?.isEnabled === false],
    ['other settings', `settings = '{"type": "other"}'`, (source) => JSON.stringify(source?.settings) === '{"type":"other"}'],
    ['another policy', "duplicates = 'conflict'", (source) => source?.principal.ingest.duplicates === 'conflict'],
    ['a deletion', 'deleted_at = now()', (source) => source === undefined],
  ])('%s counts within a second', async (_, set, isSo) => {
    const source = await create();
    for (const directory of directories) expect(isSo(await directory.get(name))).toBe(false);
    await source.change(set);
    expect(await lastOther(name, isSo)).toBeLessThan(BOUND_MS);
  });

  it('a new source, a new secret and a new name count within a second', async () => {
    for (const directory of directories) expect(await directory.get(name)).toBeUndefined();
    const source = await create();
    expect(await lastOther(name, (found) => found !== undefined)).toBeLessThan(BOUND_MS);
    await source.addSecret('second');
    expect(await lastOther(name, (found) => found?.secrets[0]?.value === 'second')).toBeLessThan(BOUND_MS);
    await source.change(`name = '${name}-2'`);
    const [gone, found] = await Promise.all([lastOther(name, (former) => former === undefined), lastOther(`${name}-2`, (renamed) => renamed !== undefined)]);
    expect(Math.max(gone, found)).toBeLessThan(BOUND_MS);
  });

  it('a change of the tenant counts within a second, and so does one of the source afterwards', async () => {
    const source = await create({ tenant: 'closing' });
    const { publicId } = source;
    for (const directory of directories) expect(await directory.get(publicId)).toMatchObject({ isEnabled: true });
    await pool.query("update tenants set enabled = false, refuses_unknown_types = true where id = 'closing'");
    expect(await lastOther(publicId, (found) => found?.isEnabled === false && found.principal.ingest.refusesUnknownTypes)).toBeLessThan(BOUND_MS);
    await pool.query("update tenants set enabled = true, rate_limit_per_second = 1, rate_limit_burst = 2 where id = 'closing'");
    expect(await lastOther(publicId, (found) => found?.isEnabled === true && found.principal.ingest.limits.length === 1)).toBeLessThan(BOUND_MS);
    await source.change('enabled = false');
    expect(await lastOther(publicId, (found) => found?.isEnabled === false)).toBeLessThan(BOUND_MS);
  });
});

it('answers store_unavailable while Postgres is away, and finds sources again afterwards', async () => {
  await create();
  const [connected, disconnected] = directories;
  expect(await disconnected.get(name)).toBeDefined();
  network.cut();
  await waitUntil('memory to be too old', async () => {
    try {
      await disconnected.get(name);
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'store_unavailable' });
      return true;
    }
  });
  expect(await connected.get(name)).toBeDefined();
  network.restore();
  await waitUntil('the source', async () => Promise.resolve(disconnected.get(name)).then((found) => found !== undefined, () => false));
});
