import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { databaseOf } from '#ground/postgres/pool';
import { explaining } from '#dev/testing/explain';
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

  it('read a bounded number of rows, however many wait', async () => {
    const database = databaseOf(fixture.pool);
    const [oldest] = await fixture.accept([{ shard: 1, entity: 'a' }], new Date(Date.now() - 3_600_000));
    await fixture.pool.query("insert into outbox (tenant, shard, accept_seq, event_id) values ('default', 1, 1, $1), ('default', 2, 1, gen_random_uuid())", [oldest]);
    await fixture.pool.query("insert into outbox (tenant, shard, accept_seq, event_id) select 'default', 3, n, gen_random_uuid() from generate_series(1, 20000) n");
    await fixture.pool.query("insert into dispatch_outbox (tenant, shard, topic) select 'default', 3, 'control' from generate_series(1, 20000) n");
    const { depth, oldestAgeSeconds } = await readOutboxState(database);
    expect(depth).toBe(10_002);
    expect(oldestAgeSeconds).toBeGreaterThanOrEqual(3_600);
    expect(oldestAgeSeconds).toBeLessThan(10_000);
    expect((await readDispatchOutboxState(database, [2, 3])).depth).toBe(10_000);
    await fixture.pool.query('analyze outbox, dispatch_outbox');
    const plans: string[] = [];
    await readOutboxState(explaining(fixture.pool, plans));
    await readDispatchOutboxState(explaining(fixture.pool, plans), [0, 1, 2, 3]);
    for (const plan of plans) expect(plan).not.toMatch(/Sort|Seq Scan on (dispatch_)?outbox/);
  });
});
