import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseOf } from '#ground/postgres/pool';
import { SecretBox } from '#ground/secrets/secret-box';
import { createLogger } from '#ground/telemetry/logger';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { waitUntil } from '#dev/testing/wait-until';
import { EndpointDirectory } from './endpoint-directory.js';

let fixture: ShardFixture;

beforeAll(async () => {
  fixture = await createShardFixture();
});

afterAll(() => fixture.close());

describe('EndpointDirectory', () => {
  it("sees what is changed after the database's clock was set back, also of what was changed before that", async () => {
    const [fast, other] = [await fixture.createEndpoint(), await fixture.createEndpoint()];
    await fixture.pool.query("update endpoints set updated_at = now() - interval '1 day'");
    const changes: string[] = [];
    const directory = new EndpointDirectory(databaseOf(fixture.pool), new SecretBox('x'.repeat(32)), createLogger('test', 'silent'), ({ id, status }) => changes.push(`${id} ${status}`));
    await directory.start();
    try {
      const change = async (id: number, status: string, by: string): Promise<void> => {
        await fixture.pool.query(`update endpoints set status = $2, updated_at = now() + $3::interval where id = $1`, [id, status, by]);
        await waitUntil(`${id} to be ${status}`, () => directory.get(id)?.status === status);
      };
      // By a clock that is fast, then by the one that is set right.
      await change(fast, 'paused', '10 minutes');
      await change(other, 'disabled', '0');
      await change(fast, 'active', '0');
      // Each change is told once, however often it is read.
      expect(changes.slice(2)).toEqual([`${fast} paused`, `${other} disabled`, `${fast} active`]);
    } finally {
      await directory.stop();
    }
  });
});
