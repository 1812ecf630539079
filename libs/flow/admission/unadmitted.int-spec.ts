import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { AdmissionModule } from './admission.module.js';
import { type Sweep, UnadmittedRepository } from './unadmitted.repository.js';

let fixture: ShardFixture;
let dispatcher: TestingModule;
let repository: UnadmittedRepository;
let epoch: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule]).compile();
  repository = dispatcher.get(UnadmittedRepository);
});

afterAll(async () => {
  await dispatcher.close();
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, inbox, outbox');
  await fixture.pool.query('update shard_cursors set swept_seq = 0, caught_up_at = to_timestamp(0)');
  epoch = await fixture.takeShard(0);
});

/** Accepts events on shard 0, as of some seconds ago. */
async function accept(count: number, secondsAgo: number): Promise<string[]> {
  const ids = await fixture.accept(Array.from({ length: count }, () => ({ shard: 0, entity: 'e' })));
  await fixture.pool.query('update events set accepted_at = now() - $2 * interval \'1 second\' where id = any($1)', [ids, secondsAgo]);
  return ids;
}

const admit = (ids: readonly string[]): Promise<unknown> =>
  fixture.pool.query("insert into inbox (event_id, tenant, shard, routes) select id, 'default', 0, 0 from unnest($1::uuid[]) as id", [ids]);
const queue = (id: string | undefined): Promise<unknown> =>
  fixture.pool.query('insert into outbox (tenant, shard, accept_seq, event_id) select tenant, shard, accept_seq, id from events where id = $1', [id]);

async function seqOf(id: string | undefined): Promise<number> {
  const { rows } = await fixture.pool.query<{ accept_seq: number }>('select accept_seq from events where id = $1', [id]);
  return rows[0]?.accept_seq ?? -1;
}

/** Sweeps one page, and moves on behind it. */
async function sweep(limit = 100): Promise<Sweep | undefined> {
  const found = await repository.sweep(0, limit);
  if (found !== undefined) await repository.moveSweep({ shard: 0, epoch }, found.sweptSeq);
  return found;
}

describe('the sweep', () => {
  it('finds what is neither admitted nor in the outbox, in accept order, and looks at nothing twice', async () => {
    const ids = await accept(5, 60);
    await admit(ids.slice(1, 3));
    expect(await sweep()).toEqual({ missing: [ids[0], ids[3], ids[4]], sweptSeq: await seqOf(ids[4]), more: false });
    expect(await sweep()).toBeUndefined();
  });

  it('goes through a long history page by page', async () => {
    const ids = await accept(5, 60);
    expect([await sweep(2), await sweep(2), await sweep(2)].map((page) => [page?.missing, page?.more])).toEqual([[ids.slice(0, 2), true], [ids.slice(2, 4), true], [ids.slice(4), false]]);
  });

  it('leaves alone what may be on its way: what is recent, in the outbox, or behind either', async () => {
    const [old = '', queued = '', behind = ''] = await accept(3, 60);
    await queue(queued);
    const recent = await accept(1, 5);
    expect(await sweep()).toMatchObject({ missing: [old], sweptSeq: await seqOf(old) });
    expect(await sweep()).toBeUndefined();
    await fixture.pool.query('truncate outbox');
    expect(await sweep()).toMatchObject({ missing: [queued, behind] });
    await fixture.pool.query("update events set accepted_at = now() - interval '1 minute' where id = any($1)", [recent]);
    expect(await sweep()).toMatchObject({ missing: recent });
  });

  it('does not pass the number of an event whose transaction is still open', async () => {
    const client = await fixture.pool.connect();
    try {
      await client.query('begin');
      const late = mintId();
      await client.query("insert into events (id, tenant, shard, type, entity, content_type, payload) values ($1, 'default', 0, 't', 'e', 'x', '')", [late]);
      const [visible = ''] = await accept(1, 0);
      expect(await repository.sweep(0, 100, 0)).toBeUndefined();
      await client.query('commit');
      expect(await repository.sweep(0, 100, 0)).toMatchObject({ missing: [late, visible] });
    } finally {
      client.release();
    }
  });
});

it('notes that a shard has caught up, for its owner only', async () => {
  const secondsAgo = async (): Promise<number> => {
    const { rows: [row] } = await fixture.pool.query<{ seconds: number }>('select extract(epoch from now() - caught_up_at)::float8 as seconds from shard_cursors where shard = 0');
    return row?.seconds ?? -1;
  };
  // Another's view is not taken for the owner's.
  await repository.noteCaughtUp([{ shard: 0, epoch: epoch - 1 }], 0);
  expect(await secondsAgo()).toBeGreaterThan(1_000_000);
  await repository.noteCaughtUp([{ shard: 0, epoch }], 1_000);
  expect(await secondsAgo()).toBeGreaterThanOrEqual(1);
  expect(await secondsAgo()).toBeLessThan(60);
});

describe('a repair', () => {
  it('finds all that is not admitted and was accepted before it began, with what waits for Kafka', async () => {
    const swept = await accept(1, 120);
    await admit(swept);
    await sweep();
    const [old = '', admitted = ''] = await accept(2, 60);
    await admit([admitted]);
    const [recent = ''] = await accept(1, 1);
    await queue(recent);
    const range = await repository.beginRepair(0);
    const [later = ''] = await accept(1, -1);
    expect(range.after).toBe(await seqOf(swept[0]));
    const look = async (limit: number) => (await repository.look(range, limit)).events.map(({ id, missing }) => [id, missing]);
    expect(await look(10)).toEqual([[old, true], [admitted, false], [recent, true], [later, false]]);
    expect(await look(2)).toEqual([[old, true], [admitted, false]]);
  });
});
