import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { mintId } from '#domain/ids';
import { databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import type { AdmittedDelivery } from '#flow/lanes/admitted-delivery';
import { AdmissionModule } from './admission.module.js';
import { AdmissionRepository, type ShardAdmission, type ShardVerdict } from './admission.repository.js';
import { moveSweep } from './move-sweep.queries.js';
import { noteCaughtUp } from './note-caught-up.queries.js';

let fixture: ShardFixture;
let dispatcher: TestingModule;
let repository: AdmissionRepository;
let orders: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule]).compile();
  repository = dispatcher.get(AdmissionRepository);
  orders = await fixture.createEndpoint({ eventTypes: ['order.*'] });
});

afterAll(async () => {
  await dispatcher.close();
  await fixture.close();
});

const admission = (shard: number, epoch: number, eventIds: readonly string[], changes: Partial<ShardAdmission> = {}): ShardAdmission =>
  ({ shard, epoch, eventIds, parked: [], nextOffset: undefined, caughtUp: false, ...changes });

async function admit(...admissions: ShardAdmission[]): Promise<ShardVerdict[]> {
  return repository.admit(admissions);
}

function deliveriesOf(verdict: ShardVerdict | undefined): readonly AdmittedDelivery[] {
  if (verdict?.kind !== 'admitted') throw new Error(`Expected an admission, got ${verdict?.kind}`);
  return verdict.deliveries;
}

const sequencesOf = (verdict: ShardVerdict | undefined, entity: string): (number | undefined)[] =>
  deliveriesOf(verdict).filter((delivery) => delivery.entity === entity).map(({ place }) => place?.sequence);

async function count(sql: string, values: unknown[] = []): Promise<number> {
  const { rows } = await fixture.pool.query<{ n: number }>(`select count(*) as n from ${sql}`, values);
  return rows[0]?.n ?? -1;
}

describe('admission', () => {
  it('numbers each lane\'s deliveries from 1 on without gaps, across batches and endpoints', async () => {
    const epoch = await fixture.takeShard(0);
    const ids = await fixture.accept([{ shard: 0, entity: 'a' }, { shard: 0, entity: 'b' }, { shard: 0, entity: 'a' }]);
    const [first] = await admit(admission(0, epoch, ids));
    expect(sequencesOf(first, 'a')).toEqual([1, 2]);
    expect(sequencesOf(first, 'b')).toEqual([1]);
    const [second] = await admit(admission(0, epoch, await fixture.accept([{ shard: 0, entity: 'a' }])));
    expect(sequencesOf(second, 'a')).toEqual([3]);
  });

  it('admits an event once, however often it comes: again, twice in one batch, or both', async () => {
    const epoch = await fixture.takeShard(0);
    const [x = '', y = ''] = await fixture.accept([{ shard: 0, entity: 'twice' }, { shard: 0, entity: 'twice' }]);
    const [first] = await admit(admission(0, epoch, [x, y, x, y, x]));
    expect(first).toMatchObject({ kind: 'admitted', admitted: 2, duplicates: 3 });
    expect(deliveriesOf(first).map(({ eventId, place }) => [eventId, place?.sequence])).toEqual([[x, 1], [y, 2]]);
    const [again] = await admit(admission(0, epoch, [y, x]));
    expect(again).toMatchObject({ kind: 'admitted', admitted: 0, duplicates: 2, deliveries: [] });
    expect(await count('deliveries where event_id = any($1)', [[x, y]])).toBe(2);
    expect(await count("lanes where entity = 'twice' and tail_sequence = 2")).toBe(1);
  });

  it.each([
    ['noted as read', (shard: number, epoch: number) => noteCaughtUp.run({ shards: [shard], epochs: [epoch], agoMs: 0 }, databaseOf(fixture.pool))],
    ['swept', (shard: number, epoch: number) => moveSweep.run({ shard, epoch, sweptSeq: 0 }, databaseOf(fixture.pool))],
  ])('is refused, and finds every event when it is sent again, after another of its shards was %s while it waited', async (_what, change) => {
    const [first, second] = [await fixture.takeShard(0), await fixture.takeShard(1)];
    const ids = await fixture.accept([{ shard: 0, entity: 'waits' }, { shard: 1, entity: 'changes' }]);
    const admitBoth = (): Promise<ShardVerdict[]> => admit(admission(0, first, ids.slice(0, 1)), admission(1, second, ids.slice(1)));
    const other = await fixture.pool.connect();
    try {
      await other.query('begin');
      await other.query('select from shard_cursors where shard = 0 for update');
      const waiting = admitBoth().catch((error: unknown) => error);
      await waitUntil('the statement waits', async () => (await count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")) === 1);
      await change(1, second);
      await other.query('commit');
      expect(await waiting).toMatchObject({ code: '40001' });
    } finally {
      other.release();
    }
    expect(await admitBoth()).toMatchObject([{ admitted: 1, unmatched: [] }, { admitted: 1, unmatched: [] }]);
  });

  it('is refused, and admits the other shards when it is sent again, after one of them was taken over while it waited', async () => {
    const [first, second] = [await fixture.takeShard(0), await fixture.takeShard(1)];
    const ids = await fixture.accept([{ shard: 0, entity: 'waits' }, { shard: 1, entity: 'changes' }]);
    const admitBoth = (): Promise<ShardVerdict[]> => admit(admission(0, first, ids.slice(0, 1)), admission(1, second, ids.slice(1)));
    const other = await fixture.pool.connect();
    try {
      await other.query('begin');
      await other.query('select from shard_leases where shard = 0 for update');
      const waiting = admitBoth().catch((error: unknown) => error);
      await waitUntil('the statement waits', async () => (await count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")) === 1);
      await fixture.takeShard(1);
      await other.query('commit');
      expect(await waiting).toMatchObject({ code: '40001' });
    } finally {
      other.release();
    }
    expect(await admitBoth()).toMatchObject([{ admitted: 1, unmatched: [] }, { kind: 'fenced' }]);
  });

  it('writes nothing for a shard whose epoch has moved on, and says so, also when there was nothing to write', async () => {
    const [stale, held] = [await fixture.takeShard(0), await fixture.takeShard(1)];
    await fixture.takeShard(0);
    const [lost = '', kept = ''] = await fixture.accept([{ shard: 0, entity: 'fenced' }, { shard: 1, entity: 'held' }]);
    const verdicts = await admit(admission(0, stale, [lost], { nextOffset: 99 }), admission(1, held, [kept], { nextOffset: 5 }));
    expect(verdicts.map(({ kind }) => kind)).toEqual(['fenced', 'admitted']);
    expect(await count('inbox where event_id = $1', [lost])).toBe(0);
    expect((await repository.cursors([0, 1])).get(0)?.nextOffset).not.toBe(99);
    expect((await repository.cursors([0, 1])).get(1)?.nextOffset).toBe(5);
    expect((await admit(admission(0, stale, [])))[0]).toEqual({ kind: 'fenced' });
    expect((await admit(admission(1, held, [])))[0]).toMatchObject({ kind: 'admitted', admitted: 0 });
  });

  it('does not move the cursor past records that it doesn\'t know, and moves it with them parked', async () => {
    const epoch = await fixture.takeShard(2);
    const [known = '', elsewhere = ''] = await fixture.accept([{ shard: 2, entity: 'k' }, { shard: 3, entity: 'other shard' }]);
    const unknown = '0192c1f0-0000-7000-8000-0000000000ab';
    const [first] = await admit(admission(2, epoch, [known, unknown, elsewhere], { nextOffset: 30 }));
    expect(first).toMatchObject({ kind: 'admitted', admitted: 1, unmatched: [{ eventId: unknown, elsewhere: false }, { eventId: elsewhere, elsewhere: true }] });
    expect((await repository.cursors([2])).get(2)?.nextOffset).toBe(0);
    const parked = [{ shard: 2, key: 'k', headers: '{"lockstep-reason":"unknown_event"}', value: Buffer.from('v') }];
    await admit(admission(2, epoch, [known], { nextOffset: 30, parked }));
    expect((await repository.cursors([2])).get(2)?.nextOffset).toBe(30);
    expect(await count("dispatch_outbox where shard = 2 and topic = 'dlq' and headers->>'lockstep-reason' = 'unknown_event' and value = 'v'")).toBe(1);
  });

  it('tells the same event on its own shard from one on another, also in one statement', async () => {
    const [own, other] = [await fixture.takeShard(2), await fixture.takeShard(3)];
    const [eventId = ''] = await fixture.accept([{ shard: 2, entity: 'both' }]);
    const verdicts = await admit(admission(2, own, [eventId], { nextOffset: 50 }), admission(3, other, [eventId], { nextOffset: 60 }));
    expect(verdicts).toMatchObject([{ admitted: 1, unmatched: [] }, { admitted: 0, unmatched: [{ eventId, elsewhere: true }] }]);
    expect((await repository.cursors([2, 3])).get(2)?.nextOffset).toBe(50);
    expect((await repository.cursors([2, 3])).get(3)?.nextOffset).not.toBe(60);
  });

  describe('bounded by deliveries', () => {
    const wide = (shard: number, count: number): Promise<string[]> => fixture.accept(Array.from({ length: count }, (_, i) => ({ shard, entity: `wide ${shard} ${i % 2}`, type: 'wide.event' })));
    const cursorOf = async (shard: number): Promise<number | undefined> => (await repository.cursors([shard])).get(shard)?.nextOffset;

    beforeAll(async () => {
      for (let i = 0; i < 3; i++) await fixture.createEndpoint({ eventTypes: ['wide.event'] });
    });

    beforeEach(() => fixture.pool.query('update shard_cursors set next_offset = 0, caught_up_at = to_timestamp(0)'));

    it('admits the first events of each shard, at least one, and postpones the others in their order', async () => {
      const [zero, one] = [await fixture.takeShard(0), await fixture.takeShard(1)];
      const [ids, others] = [await wide(0, 5), await wide(1, 3)];
      const [first, second] = await admit(
        admission(0, zero, ids, { nextOffset: 5, caughtUp: true, mostDeliveries: 4 }), admission(1, one, others, { nextOffset: 3, caughtUp: true, mostDeliveries: 1 }));
      // The bound is reached by the second event: what comes before an event decides.
      expect(first).toMatchObject({ kind: 'admitted', admitted: 2, duplicates: 0, unmatched: [], postponed: ids.slice(2) });
      expect(deliveriesOf(first)).toHaveLength(6);
      expect(second).toMatchObject({ kind: 'admitted', admitted: 1, postponed: others.slice(1) });
      expect([await cursorOf(0), await cursorOf(1), await count('shard_cursors where caught_up_at > to_timestamp(0)')]).toEqual([0, 0, 0]);
      const [rest] = await admit(admission(0, zero, ids.slice(2), { nextOffset: 5, caughtUp: true, mostDeliveries: 9 }));
      expect(rest).toMatchObject({ kind: 'admitted', admitted: 3, postponed: [] });
      expect([await cursorOf(0), await count('shard_cursors where caught_up_at > to_timestamp(0)')]).toEqual([5, 1]);
      const { rows } = await fixture.pool.query<{ event_id: string }>(
        'select d.event_id from deliveries d join lanes l on l.id = d.lane where d.event_id = any($1) group by d.event_id, l.entity, d.sequence order by l.entity, d.sequence', [ids]);
      expect(rows.map(({ event_id: id }) => ids.indexOf(id))).toEqual([0, 2, 4, 1, 3]);
    });

    it('tells unknown records from postponed ones, and parks nothing while there are any', async () => {
      const epoch = await fixture.takeShard(0);
      const ids = await wide(0, 3);
      const unknown = mintId();
      const parked = [{ shard: 0, key: null, headers: '{"lockstep-reason":"no_event_id"}', value: Buffer.from('bounded') }];
      const all = [ids[0] ?? '', unknown, ids[1] ?? '', ids[2] ?? ''];
      const [first] = await admit(admission(0, epoch, all, { nextOffset: 9, parked, mostDeliveries: 1 }));
      expect(first).toMatchObject({ admitted: 1, duplicates: 0, unmatched: [{ eventId: unknown, elsewhere: false }], postponed: ids.slice(1) });
      expect([await cursorOf(0), await count("dispatch_outbox where value = 'bounded'")]).toEqual([0, 0]);
      const [second] = await admit(admission(0, epoch, ids.slice(1), { nextOffset: 9, parked, mostDeliveries: 100 }));
      expect(second).toMatchObject({ admitted: 2, unmatched: [], postponed: [] });
      expect([await cursorOf(0), await count("dispatch_outbox where value = 'bounded'")]).toEqual([9, 1]);
    });

    it('counts repeats of a postponed event in one batch as that event, not as duplicates', async () => {
      const epoch = await fixture.takeShard(0);
      const [x = '', y = ''] = await wide(0, 2);
      expect((await admit(admission(0, epoch, [x, y, x, y], { mostDeliveries: 1 })))[0]).toMatchObject({ admitted: 1, duplicates: 1, postponed: [y] });
    });

    it('postpones nothing of events without routes', async () => {
      const epoch = await fixture.takeShard(0);
      const ids = await fixture.accept(Array.from({ length: 4 }, () => ({ shard: 0, entity: 'none', type: 'unheard' })));
      expect((await admit(admission(0, epoch, ids, { mostDeliveries: 1 })))[0]).toMatchObject({ admitted: 4, postponed: [] });
    });
  });

  it('says in which version each endpoint was routed to', async () => {
    const epoch = await fixture.takeShard(1);
    const endpoint = await fixture.createEndpoint({ eventTypes: ['versioned'] });
    await fixture.pool.query("update endpoints set url = 'http://127.0.0.1:10/' where id = $1", [endpoint]);
    const [verdict] = await admit(admission(1, epoch, await fixture.accept([{ shard: 1, entity: 'v', type: 'versioned' }])));
    expect(verdict).toMatchObject({ kind: 'admitted', endpointVersions: new Map([[endpoint, 2]]) });
  });

  it('routes by type, and records how many routes an event got, none included', async () => {
    const epoch = await fixture.takeShard(1);
    const every = await fixture.createEndpoint({ eventTypes: ['*'] });
    const [order = '', invoice = ''] = await fixture.accept([{ shard: 1, entity: 'r', type: 'order.item.added' }, { shard: 1, entity: 'r', type: 'orders' }]);
    const [verdict] = await admit(admission(1, epoch, [order, invoice]));
    expect(deliveriesOf(verdict).filter(({ eventId }) => eventId === order).map(({ endpoint }) => endpoint).sort()).toEqual([orders, every].sort());
    expect(deliveriesOf(verdict).filter(({ eventId }) => eventId === invoice).map(({ endpoint }) => endpoint)).toEqual([every]);
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [every]);
    const [unrouted = ''] = await fixture.accept([{ shard: 1, entity: 'r', type: 'invoice.sent' }]);
    expect((await admit(admission(1, epoch, [unrouted])))[0]).toMatchObject({ admitted: 1, deliveries: [] });
    const { rows } = await fixture.pool.query<{ routes: number }>('select routes from inbox where event_id = any($1) order by routes', [[order, invoice, unrouted]]);
    expect(rows.map(({ routes }) => routes)).toEqual([0, 1, 2]);
  });

  describe('of events that name their destination', () => {
    const ROUTES = 'select event_id as "eventId", routes from inbox where event_id = any($1) order by event_id';
    let source: number;
    let subscriber: number;

    beforeAll(async () => {
      const { rows } = await fixture.pool.query<{ id: number }>("insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', 'webhooks', 'hmac') returning id");
      source = rows[0]?.id ?? 0;
      subscriber = await fixture.createEndpoint({ eventTypes: ['named.*'] });
    });

    const routesOf = async (ids: readonly string[]): Promise<number[]> => (await fixture.pool.query<{ routes: number }>(ROUTES, [ids])).rows.map(({ routes }) => routes);
    const endpointsOf = (verdict: ShardVerdict | undefined, eventId: string): number[] => deliveriesOf(verdict).filter((delivery) => delivery.eventId === eventId).map(({ endpoint }) => endpoint);

    it('routes each to this endpoint alone, whatever its event types, and the others by their type, never to an endpoint that was made for a destination', async () => {
      const epoch = await fixture.takeShard(0);
      const made = await fixture.createEndpoint({ destinationOf: source, eventTypes: ['*'], url: 'http://127.0.0.1:9/made' });
      const ordinary = await fixture.createEndpoint({ eventTypes: ['other.type'] });
      const type = 'named.event';
      const ids = await fixture.accept([
        { shard: 0, entity: 'd', type, destination: made }, { shard: 0, entity: 'd', type }, { shard: 0, entity: 'd', type, destination: ordinary }, { shard: 0, entity: 'd', type, destination: made },
        { shard: 0, entity: 'd', type, destination: subscriber },
      ]);
      const [verdict] = await admit(admission(0, epoch, ids));
      expect(ids.map((id) => endpointsOf(verdict, id))).toEqual([[made], [subscriber], [ordinary], [made], [subscriber]]);
      expect(deliveriesOf(verdict).filter(({ endpoint }) => endpoint === made).map(({ place }) => place?.sequence)).toEqual([1, 2]);
      expect(deliveriesOf(verdict).filter(({ endpoint }) => endpoint === subscriber).map(({ place }) => place?.sequence)).toEqual([1, 2]);
      expect(await routesOf(ids)).toEqual([1, 1, 1, 1, 1]);
      if (verdict?.kind !== 'admitted') throw new Error('not admitted');
      expect([...verdict.endpointVersions.keys()].sort()).toEqual([made, ordinary, subscriber].sort());
    });

    it('admits one whose endpoint was deleted, or belongs to another tenant, without routes', async () => {
      const epoch = await fixture.takeShard(0);
      await fixture.pool.query("insert into tenants (id) values ('other') on conflict do nothing");
      const [deleted, foreign] = [await fixture.createEndpoint(), await fixture.createEndpoint()];
      await fixture.pool.query("update endpoints set tenant = 'other' where id = $1", [foreign]);
      const ids = await fixture.accept([deleted, foreign, 2_000_000_000].map((destination) => ({ shard: 0, entity: 'gone', type: 'named.event', destination })));
      await fixture.pool.query('update endpoints set deleted_at = now() where id = any($1)', [[deleted, ...(await withType('*'))]]);
      expect((await admit(admission(0, epoch, ids, { nextOffset: 70 })))[0]).toMatchObject({ kind: 'admitted', admitted: 3, deliveries: [], postponed: [] });
      expect(await routesOf(ids)).toEqual([0, 0, 0]);
      expect((await repository.cursors([0])).get(0)?.nextOffset).toBe(70);
    });

    it('counts its one route against the bound of deliveries', async () => {
      const epoch = await fixture.takeShard(0);
      for (let i = 0; i < 3; i++) await fixture.createEndpoint({ eventTypes: ['wide.named'] });
      const type = 'wide.named';
      const ids = await fixture.accept([
        { shard: 0, entity: 'w', type, destination: subscriber }, { shard: 0, entity: 'w', type }, { shard: 0, entity: 'w', type, destination: subscriber }, { shard: 0, entity: 'w', type },
      ]);
      const [first] = await admit(admission(0, epoch, ids, { mostDeliveries: 2 }));
      expect(first).toMatchObject({ admitted: 2, postponed: ids.slice(2) });
      expect(deliveriesOf(first)).toHaveLength(4);
    });

    async function withType(type: string): Promise<number[]> {
      const { rows } = await fixture.pool.query<{ id: number }>('select id from endpoints where $1 = any(event_types)', [type]);
      return rows.map(({ id }) => id);
    }
  });

  it('gives deliveries of an endpoint without order no place in a lane', async () => {
    const epoch = await fixture.takeShard(1);
    const loose = await fixture.createEndpoint({ eventTypes: ['log.line'], ordering: 'none' });
    const ids = await fixture.accept([{ shard: 1, entity: 'l', type: 'log.line' }, { shard: 1, entity: 'l', type: 'log.line' }]);
    const [verdict] = await admit(admission(1, epoch, ids));
    expect(deliveriesOf(verdict).map(({ endpoint, place }) => [endpoint, place])).toEqual([[loose, undefined], [loose, undefined]]);
    expect(await count('lanes where endpoint = $1', [loose])).toBe(0);
  });

  it('makes a takeover wait until an admission under the old epoch has ended', async () => {
    const epoch = await fixture.takeShard(3);
    const blocker = await fixture.pool.connect();
    try {
      await blocker.query('begin');
      await blocker.query('select from shard_leases where shard = 3 and epoch = $1 for key share', [epoch]);
      let taken = false;
      const takeover = fixture.takeShard(3).then((next) => {
        taken = true;
        return next;
      });
      // A renewal changes no key column and is not blocked.
      await fixture.pool.query('update shard_leases set renewals = renewals + 1 where shard = 3');
      expect(taken).toBe(false);
      await blocker.query('commit');
      expect(await takeover).toBe(epoch + 1);
    } finally {
      blocker.release();
    }
  });
});
