import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { randomBytes } from 'node:crypto';
import { SecretBox } from '#ground/secrets/secret-box';
import { secretContext } from '#ground/secrets/secret-contexts';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { DeliveryModule } from './delivery.module.js';
import { EndpointDirectory } from './endpoint-directory.js';

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
  it("sees changes after the database's clock was set back, also of an endpoint that was changed before", async () => {
    const [fast, other] = [await fixture.createEndpoint(), await fixture.createEndpoint()];
    await fixture.pool.query("update endpoints set updated_at = now() - interval '1 day'");
    await directory.start();
    const change = async (id: number, status: string, by: string): Promise<void> => {
      await fixture.pool.query(`update endpoints set status = $2, updated_at = now() + $3::interval where id = $1`, [id, status, by]);
      await whenStatus(id, status);
    };
    // By a clock that is fast, then by the one that is set right.
    await change(fast, 'paused', '10 minutes');
    await change(other, 'disabled', '0');
    await change(fast, 'active', '0');
    // Each change is reported once, however often it is read.
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
