import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import { SecretBox } from '#ground/secrets/secret-box';
import { secretContext } from '#ground/secrets/secret-contexts';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { DeliveryModule } from './delivery.module.js';
import { EndpointDirectory, type EndpointTarget } from './endpoint-directory.js';

const LOOK_MS = 5_000;

let fixture: ShardFixture;
let delivery: TestingModule;
let secrets: SecretBox;
let directory: EndpointDirectory;
let changes: string[];

beforeAll(async () => {
  fixture = await createShardFixture();
});

beforeEach(async () => {
  delivery = await testModules(fixture.url, [DeliveryModule]).compile();
  secrets = delivery.get(SecretBox);
  directory = delivery.get(EndpointDirectory);
  changes = [];
  directory.onChange(({ id, status }) => changes.push(`${id} ${status}`));
});

afterEach(async () => {
  await directory.stop();
  await delivery.close();
});

afterAll(() => fixture.close());

const statusOf = (id: number): string | undefined => directory.get(id)?.status;
const whenStatus = (id: number, status: string): Promise<unknown> =>
  waitUntil(`${id} to be ${status}`, () => statusOf(id) === status, LOOK_MS);

async function addSecret(endpoint: number, expiresIn: string | null): Promise<void> {
  const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [endpoint]);
  await fixture.pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext, expires_at) values ($1, 'default', $2, now() + $3::interval)", [
    endpoint, secrets.seal(`whsec_${randomBytes(32).toString('base64')}`, secretContext(rows[0]?.public_id ?? '')), expiresIn,
  ]);
}

describe('EndpointDirectory', () => {
  it("sees each change once, whatever the database's clock says", async () => {
    const [fast, other] = [await fixture.createEndpoint(), await fixture.createEndpoint()];
    await fixture.pool.query("update endpoints set updated_at = now() - interval '1 day'");
    await directory.start();
    const change = async (id: number, status: string, by: string): Promise<void> => {
      await fixture.pool.query(`update endpoints set status = $2, updated_at = now() + $3::interval where id = $1`, [id, status, by]);
      await whenStatus(id, status);
    };
    // By a clock that is fast, then by one that is slow.
    await change(fast, 'paused', '10 minutes');
    await change(other, 'disabled', '-10 years');
    await change(fast, 'active', '0');
    expect(changes.slice(2)).toEqual([`${fast} paused`, `${other} disabled`, `${fast} active`]);
  });

  it('stops signing with a secret when it expires, without a change of the endpoint', async () => {
    const endpoint = await fixture.createEndpoint();
    await addSecret(endpoint, '500 milliseconds');
    await addSecret(endpoint, null);
    await addSecret(endpoint, '1 hour');
    await addSecret(endpoint, '-1 second');
    await directory.start();
    const target = directory.get(endpoint);
    expect(target?.signingKeys.current()).toHaveLength(3);
    await waitUntil('the first secret to expire', () => target?.signingKeys.current().length === 2, LOOK_MS);
    expect(changes.filter((change) => change.startsWith(`${endpoint} `))).toHaveLength(1);
  });

  it('sees a change that commits long after later ones', async () => {
    const [early, late] = [await fixture.createEndpoint(), await fixture.createEndpoint()];
    await directory.start();
    const session = await fixture.pool.connect();
    try {
      await session.query('begin');
      await session.query("update endpoints set status = 'paused' where id = $1", [early]);
      await fixture.pool.query("update endpoints set status = 'paused' where id = $1", [late]);
      await whenStatus(late, 'paused');
      await fixture.pool.query("update endpoints set status = 'active' where id = $1", [late]);
      await whenStatus(late, 'active');
      await session.query('commit');
      await whenStatus(early, 'paused');
    } finally {
      session.release();
    }
  });

  it('reads all endpoints at its start, also more than a page and those of a dump from a server with higher transaction numbers', async () => {
    await fixture.pool.query("insert into endpoints (public_id, tenant, url) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/' from generate_series(1, 2500)");
    await fixture.pool.query("alter table endpoints disable trigger count_endpoint_change; update endpoints set changed_by = '1000000000000'; alter table endpoints enable trigger count_endpoint_change");
    const { rows: [all] } = await fixture.pool.query<{ n: number; last: number }>('select count(*)::integer as n, max(id) as last from endpoints');
    await directory.start();
    expect(changes).toHaveLength(all?.n ?? -1);
    // Only the changed one is read again.
    await fixture.pool.query("update endpoints set status = 'paused' where id = $1", [all?.last]);
    await whenStatus(all?.last ?? 0, 'paused');
    expect(changes).toHaveLength((all?.n ?? -1) + 1);
  });

  describe('requireVersion', () => {
    let endpoint: number;
    /** The changes that a statement makes, and the version that it leaves. */
    const change = async (settings: string): Promise<number> => {
      const { rows } = await fixture.pool.query<{ version: number }>(`update endpoints set ${settings} where id = $1 returning version`, [endpoint]);
      return rows[0]?.version ?? 0;
    };
    const whenOpen = (): Promise<EndpointTarget> => waitUntil('the endpoint to be open', () => directory.open(endpoint), LOOK_MS);

    beforeEach(async () => {
      endpoint = await fixture.createEndpoint();
      await directory.start();
    });

    it('closes the endpoint at once and opens it with the settings of that version, also when more has changed by then', async () => {
      const reports: EndpointTarget[] = [];
      directory.onChange((target) => reports.push(target));
      // Before the change, or the poll might have read it by then.
      directory.requireVersion(endpoint, (directory.get(endpoint)?.version ?? 0) + 1);
      expect([directory.open(endpoint), reports.at(-1)?.isStale]).toEqual([undefined, true]);
      await change('timeout_ms = 11');
      await change('max_concurrency = 3');
      expect(await whenOpen()).toMatchObject({ timeoutMs: 11, isStale: false });
      expect(reports.at(-1)).toBe(directory.get(endpoint));
    });

    it('keeps the endpoint closed while reads fail or show an older version', async () => {
      const version = await change('timeout_ms = 12');
      const session = await fixture.pool.connect();
      try {
        // As if another server's read were behind: the version is raised, and not committed.
        await session.query('begin');
        await session.query('update endpoints set timeout_ms = 13 where id = $1', [endpoint]);
        directory.requireVersion(endpoint, version + 1);
        await waitUntil('the older version', () => directory.get(endpoint)?.timeoutMs === 12, LOOK_MS);
        await fixture.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'lockstep-test-endpoints' and datname = current_database()");
        await fixture.pool.query("update endpoints set status = 'paused' where id <> $1", [endpoint]);
        await waitUntil('a read after the failure', () => [...changes].reverse().find((reported) => !reported.startsWith(`${endpoint} `))?.endsWith(' paused'), LOOK_MS);
        expect([directory.get(endpoint)?.isStale, directory.open(endpoint)]).toEqual([true, undefined]);
        // A requirement that is met, or lower than another, changes nothing.
        directory.requireVersion(endpoint, version);
        expect(directory.open(endpoint)).toBeUndefined();
        await session.query('commit');
      } finally {
        session.release();
      }
      expect(await whenOpen()).toMatchObject({ timeoutMs: 13 });
    });

    it('reads an endpoint that is not known yet', async () => {
      const added = await fixture.createEndpoint();
      directory.requireVersion(added, 1);
      expect((await waitUntil('the endpoint', () => directory.open(added), LOOK_MS)).version).toBe(1);
    });

    it('raises the version for each change of a secret', async () => {
      const before = directory.get(endpoint)?.version ?? 0;
      await addSecret(endpoint, null);
      await fixture.pool.query("update endpoint_secrets set expires_at = now() + interval '1 hour' where endpoint = $1", [endpoint]);
      await fixture.pool.query('delete from endpoint_secrets where endpoint = $1', [endpoint]);
      const version = await change('description = description');
      expect(version).toBe(before + 4);
    });

    it('opens an endpoint whose secret could not be decrypted when it is encrypted with the right key, which is no change', async () => {
      const endpoint = await fixture.createEndpoint();
      await addSecret(endpoint, null);
      const { rows: [stored] } = await fixture.pool.query<{ ciphertext: Buffer }>('select ciphertext from endpoint_secrets where endpoint = $1', [endpoint]);
      await fixture.pool.query("update endpoint_secrets set ciphertext = 'of another key' where endpoint = $1", [endpoint]);
      await directory.start();
      expect(directory.get(endpoint)).toBeUndefined();
      const session = await fixture.pool.connect();
      await session.query('begin');
      await session.query("select set_config('lockstep.reencrypting', 'on', true)");
      await session.query('update endpoint_secrets set ciphertext = $2 where endpoint = $1', [endpoint, stored?.ciphertext]);
      await session.query('commit');
      session.release();
      await whenStatus(endpoint, 'active');
    });

    it('keeps an endpoint closed whose new secret cannot be decrypted, until another change, and knows its deletion', async () => {
      await fixture.pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext) values ($1, 'default', 'broken')", [endpoint]);
      await waitUntil('the endpoint to be closed', () => directory.get(endpoint)?.isStale, LOOK_MS);
      expect(directory.open(endpoint)).toBeUndefined();
      await fixture.pool.query('delete from endpoint_secrets where endpoint = $1', [endpoint]);
      await whenOpen();
      await fixture.pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext) values ($1, 'default', 'broken')", [endpoint]);
      await change('deleted_at = now()');
      await waitUntil('the deletion', () => directory.get(endpoint)?.deleted, LOOK_MS);
    });
  });

  describe('stopGone', () => {
    let endpoint: number;
    const touch = (settings: string): Promise<unknown> => fixture.pool.query(`update endpoints set updated_at = now(), ${settings} where id = $1`, [endpoint]);

    beforeEach(async () => {
      endpoint = await fixture.createEndpoint();
      await fixture.pool.query("update endpoints set updated_at = now() - interval '1 day' where id = $1", [endpoint]);
      await directory.start();
    });

    it('stops the endpoint at once, and until the outcome is committed, also when its row changes before', async () => {
      const onCommitted = directory.stopGone(endpoint);
      expect(statusOf(endpoint)).toBe('disabled');
      expect(changes.at(-1)).toBe(`${endpoint} disabled`);
      await touch('timeout_ms = 1234');
      await waitUntil('the change', () => directory.get(endpoint)?.timeoutMs === 1_234, LOOK_MS);
      expect(statusOf(endpoint)).toBe('disabled');
      await touch("status = 'disabled'");
      onCommitted();
      await touch("status = 'active'");
      await whenStatus(endpoint, 'active');
    });

    it('makes the endpoint active again when the outcome is not committed, though its row has not changed', async () => {
      const [first, second] = [directory.stopGone(endpoint), directory.stopGone(endpoint)];
      first();
      await touch('timeout_ms = 4321');
      await waitUntil('the change', () => directory.get(endpoint)?.timeoutMs === 4_321, LOOK_MS);
      expect(statusOf(endpoint)).toBe('disabled');
      await fixture.pool.query("update endpoints set updated_at = now() - interval '1 day' where id = $1", [endpoint]);
      second();
      await whenStatus(endpoint, 'active');
    });
  });
});
