import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { readDispatchOutboxState, readOutboxState } from './outbox-state.js';
import { dispatchOutboxGauges, outboxGauges } from './relay.metrics.js';

let fixture: ShardFixture;

beforeAll(async () => {
  fixture = await createShardFixture();
});

afterAll(() => fixture.close());

const namesOf = async (): Promise<(string | undefined)[]> => (await register.metrics()).match(/^lockstep_(?:dispatch_)?outbox_\w+ /gm)?.map((name) => name.trim()) ?? [];
const valueOf = async (name: string): Promise<number> => Number(new RegExp(`^${name} (.*)$`, 'm').exec(await register.metrics())?.[1]);

describe('OutboxGauges', () => {
  it('exist only in a process that observes an outbox', async () => {
    expect(await namesOf()).toEqual([]);
    outboxGauges.observe(() => readOutboxState(databaseOf(fixture.pool)));
    expect(await namesOf()).toEqual(['lockstep_outbox_depth', 'lockstep_outbox_oldest_age_seconds']);
  });

  it("report how many records of the process's shards wait in the dispatch outbox, and the age of the oldest", async () => {
    await fixture.pool.query(`
      insert into dispatch_outbox (tenant, shard, topic, created_at) values
      ('default', 3, 'control', now() - interval '3 days'), ('default', 0, 'dlq', now() - interval '1 hour'),
      ('default', 1, 'dlq', now() - interval '2 hours'), ('default', 1, 'dlq', now())`);
    dispatchOutboxGauges.observe(() => readDispatchOutboxState(databaseOf(fixture.pool), [0, 1, 2]));
    expect(await valueOf('lockstep_dispatch_outbox_depth')).toBe(3);
    const ageSeconds = await valueOf('lockstep_dispatch_outbox_oldest_age_seconds');
    expect(ageSeconds).toBeGreaterThanOrEqual(7_200);
    expect(ageSeconds).toBeLessThan(10_000);
    // A later observation replaces it, and a process without shards reports an empty outbox.
    dispatchOutboxGauges.observe(() => readDispatchOutboxState(databaseOf(fixture.pool), []));
    expect([await valueOf('lockstep_dispatch_outbox_depth'), await valueOf('lockstep_dispatch_outbox_oldest_age_seconds')]).toEqual([0, 0]);
  });
});
