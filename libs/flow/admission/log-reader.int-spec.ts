import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type { KafkaMessage } from 'kafkajs';
import { mintedAtMs, mintId, toPublicId } from '#domain/ids';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneRunner } from '#flow/lanes/lane-runner';
import type { LaneRecord } from '#flow/lanes/shard-lanes';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { LogEndsReader } from '#ground/kafka/log-ends';
import type { ShardBatch } from '#ground/kafka/shard-batch';
import { databaseToken } from '#ground/postgres/inject-postgres';
import { createPool, type Database, databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { AdmissionModule } from './admission.module.js';
import { openLogOf } from './fixtures/open-log-of.js';
import { LogReader } from './log-reader.js';
import { type OpenLog, OpenLogs } from './open-logs.js';
import type { LogPosition } from './shard-log.js';

let fixture: ShardFixture;
/** Of the connection that admits, and of no other. */
let network: TcpProxy;
let pool: ReturnType<typeof createPool>;
/** When this is set, the answer to the next admission is lost on its way. */
let losesAnswer = false;
let group: TestGroup;
let dispatcher: TestingModule;
let reader: LogReader;
let loader: LaneLoader;
let ready: jest.SpiedFunction<LaneRunner['ready']>;
let open: OpenLog;
let offsetsSince: (timeMs: number) => Promise<Map<number, number>>;

beforeAll(async () => {
  fixture = await createShardFixture();
  await fixture.createEndpoint();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  pool = createPool({ databaseUrl: url.href, applicationName: 'test-admission', max: 1, plans: 'by-hash' });
  const database: Database = {
    query: async (text, values) => {
      const result = await databaseOf(pool).query(text, values);
      if (losesAnswer) {
        losesAnswer = false;
        throw new Error('Connection terminated unexpectedly');
      }
      return result;
    },
  };
  const kafka: Pick<LogEndsReader, 'offsetsSince'> = { offsetsSince: (timeMs) => offsetsSince(timeMs) };
  group = new TestGroup();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), group.module, AdmissionModule])
    .overrideProvider(databaseToken('admission')).useValue(database)
    .overrideProvider(LogEndsReader).useValue(kafka)
    .compile();
  reader = dispatcher.get(LogReader);
  loader = dispatcher.get(LaneLoader);
  ready = jest.spyOn(dispatcher.get(LaneRunner), 'ready');
  await fixture.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '22000'; end $$;
    create trigger refuse before insert on lanes for each row when (new.entity = 'poison') execute function refuse()`);
});

afterAll(async () => {
  await dispatcher.close();
  await pool.end();
  await network.stop();
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, inbox, deliveries, lanes, dispatch_outbox');
  await fixture.pool.query('update shard_cursors set next_offset = 0, last_event_id = null, swept_seq = 0');
  open = openLogOf(dispatcher, 0, await fixture.takeShard(0), { nextOffset: 0, lastEventId: undefined });
  ready.mockClear();
  group.openedAt.length = 0;
  offsetsSince = () => Promise.resolve(new Map<number, number>());
});

/** The log, read up to there; what it is compared with is known when it is read. */
function openAt(position: LogPosition, isVerified = true): void {
  const logs = dispatcher.get(OpenLogs);
  logs.open(open.lanes, position);
  open = logs.find(0) ?? open;
  if (isVerified) open.log.verify(open.log.openings);
  group.openedAt.length = 0;
}

/** The lanes that have become ready, oldest first. */
const readyLanes = (): LaneRecord[] => ready.mock.calls.map(([record]) => record);

/** A batch of the shard's log that holds these events from an offset on. */
function batch(firstOffset: number, eventIds: readonly string[]): ShardBatch {
  const records = eventIds.map((eventId, i) => ({ key: null, value: Buffer.from(eventId), headers: { ce_id: Buffer.from(toPublicId('evt', eventId)) }, offset: String(firstOffset + i), timestamp: '0' }) as unknown as KafkaMessage);
  return { shard: 0, topic: 'events', records, firstOffset, nextOffset: firstOffset + records.length, logEnd: firstOffset + records.length, endsLog: true };
}

/** Reads a batch to its end, also when the reader gives it back after a while. */
async function readAll(whole: ShardBatch): Promise<void> {
  let result = await reader.read(whole);
  while (result.kind === 'pause' && result.durationMs === 0) {
    const from = result.fromOffset;
    result = await reader.read({ ...whole, firstOffset: from, records: whole.records.filter(({ offset }) => Number(offset) >= from) });
  }
  expect(result).toEqual({ kind: 'done' });
}

const accept = (...entities: string[]): Promise<string[]> => fixture.accept(entities.map((entity) => ({ shard: 0, entity })));

async function admittedOf(ids: readonly string[]): Promise<number> {
  const { rowCount } = await fixture.pool.query('select from inbox where event_id = any($1)', [ids]);
  return rowCount ?? 0;
}

describe('LogReader', () => {
  it('gives the heads to their lanes and moves the position to the end of the batch', async () => {
    expect(await reader.read(batch(0, await accept('a', 'b', 'a')))).toEqual({ kind: 'done' });
    expect(readyLanes().map(({ lane }) => lane.depth)).toEqual([2, 1]);
    expect(open.log.position.nextOffset).toBe(3);
  });

  it('admits the neighbours of a record that Postgres refuses, and parks that one', async () => {
    const ids = await accept('left', 'poison', 'right');
    await readAll(batch(0, ids));
    expect(await admittedOf(ids)).toBe(2);
    expect(open.log.position.nextOffset).toBe(3);
    const { rows } = await fixture.pool.query("select headers->>'ce_id' as id from dispatch_outbox where headers->>'lockstep-reason' = 'inadmissible'");
    expect(rows).toEqual([{ id: toPublicId('evt', ids[1] ?? '') }]);
  });

  it('admits events that have many endpoints part by part, in order, and parks what is between them once', async () => {
    await fixture.pool.query("insert into endpoints (public_id, tenant, url, event_types) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/', '{wide.event}' from generate_series(1, 2000)");
    const ids = await fixture.accept(Array.from({ length: 7 }, () => ({ shard: 0, entity: 'wide', type: 'wide.event' })));
    const unknown = mintId();
    const records = [...ids.slice(0, 2), unknown, ...ids.slice(2)];
    const wide = batch(0, records);
    const foreign = { key: null, value: Buffer.from('foreign'), headers: {}, offset: '8', timestamp: '0' } as unknown as KafkaMessage;
    await readAll({ ...wide, records: [...wide.records, foreign], nextOffset: 9 });
    expect([await admittedOf(ids), open.log.position]).toEqual([7, { nextOffset: 9, lastEventId: undefined }]);
    const { rows } = await fixture.pool.query<{ event_id: string; sequence: number }>('select event_id, min(sequence) as sequence, max(sequence) as last from deliveries group by event_id having count(*) >= 2000 order by sequence');
    expect(rows.map(({ event_id: id, sequence }) => [id, sequence])).toEqual(ids.map((id, i) => [id, i + 1]));
    const { rows: parked } = await fixture.pool.query("select headers->>'lockstep-reason' as reason from dispatch_outbox order by id");
    expect(parked).toEqual([{ reason: 'unknown_event' }, { reason: 'no_event_id' }]);
    const { rows: cursors } = await fixture.pool.query('select next_offset from shard_cursors where shard = 0');
    expect(cursors).toEqual([{ next_offset: 9 }]);
    await fixture.pool.query("update endpoints set deleted_at = now() where event_types = '{wide.event}'");
  });

  it('brings deliveries to their lanes whose admission was committed, but never acknowledged', async () => {
    const [first = '', second = '', third = ''] = await accept('lost answer', 'lost answer', 'another');
    await reader.read(batch(0, [first]));
    losesAnswer = true;
    expect(await reader.read(batch(1, [second, third]))).toEqual({ kind: 'pause', fromOffset: 1, durationMs: 250 });
    // Again, as Kafka does: now they are duplicates, which the lanes do not get.
    expect(await reader.read(batch(1, [second, third]))).toEqual({ kind: 'done' });
    expect(readyLanes()).toHaveLength(1);
    expect(open.lanes.coverage.isComplete).toBe(false);
    await loader.scan(open.lanes);
    expect(open.lanes.coverage.isComplete).toBe(true);
    expect(readyLanes().map(({ lane }) => lane.depth)).toEqual([2, 1]);
  });

  it('wakes a lane that had become idle before the lost answer\'s deliveries were found', async () => {
    const [first = '', second = ''] = await accept('idle', 'idle');
    await reader.read(batch(0, [first]));
    const [record] = readyLanes();
    record?.lane.start();
    await fixture.pool.query("update deliveries set status = 'delivered' where event_id = $1", [first]);
    await fixture.pool.query("update lanes set closed_sequence = 1, delivered_sequence = 1 where entity = 'idle'");
    record?.lane.settle('delivered');
    if (record !== undefined) open.lanes.retire(record, 0);
    losesAnswer = true;
    await reader.read(batch(1, [second]));
    await reader.read(batch(1, [second]));
    await loader.scan(open.lanes);
    expect(record?.lane.phase).toBe('ready');
    expect(record?.lane.headSequence).toBe(2);
  });

  it('brings deliveries to their lanes whose admission commits only after the connection broke and a scan saw nothing', async () => {
    const [first = '', second = '', third = ''] = await accept('late', 'late', 'late');
    await reader.read(batch(0, [first]));
    const session = await fixture.pool.connect();
    await session.query("begin; select from lanes where entity = 'late' for update");
    const lost = reader.read(batch(1, [second, third]));
    const waiting = async (): Promise<boolean> => (await fixture.pool.query("select from pg_stat_activity where application_name = 'test-admission' and wait_event_type = 'Lock' and datname = current_database()")).rowCount === 1;
    await waitUntil('the admission to wait for the lane', waiting);
    network.cut();
    expect(await lost).toMatchObject({ kind: 'pause', fromOffset: 1 });
    network.restore();
    await loader.scan(open.lanes);
    await session.query('commit');
    session.release();
    expect(await reader.read(batch(1, [second, third]))).toEqual({ kind: 'done' });
    expect(await admittedOf([second, third])).toBe(2);
    expect(open.lanes.coverage.isComplete).toBe(false);
    await loader.scan(open.lanes);
    expect(readyLanes().map(({ lane }) => lane.depth)).toEqual([3]);
    expect(open.lanes.coverage.isComplete).toBe(true);
  });

  it('tries again later, and does not recurse, when Postgres refuses even an admission of nothing', async () => {
    const [id = ''] = await accept('cursor');
    await fixture.pool.query('create trigger refuse_cursor before update on shard_cursors for each row execute function refuse()');
    try {
      expect(await reader.read(batch(0, [id]))).toEqual({ kind: 'pause', fromOffset: 0, durationMs: 250 });
    } finally {
      await fixture.pool.query('drop trigger refuse_cursor on shard_cursors');
    }
  });

  it('admits what the log has lost from Postgres, in accept order, before it reads on behind a gap', async () => {
    const ids = await accept('gap', 'gap', 'gap', 'gap');
    const [refused = ''] = await accept('poison');
    expect(await reader.read(batch(0, ids.slice(0, 1)))).toEqual({ kind: 'done' });
    expect(await reader.read(batch(3, ids.slice(3)))).toEqual({ kind: 'closed' });
    await waitUntil('the gap repaired', () => group.openedAt.length === 1);
    expect(group.openedAt).toEqual([3]);
    const { rows } = await fixture.pool.query<{ event_id: string }>('select event_id from deliveries where event_id = any($1) order by sequence', [ids]);
    expect(rows.map(({ event_id: id }) => id)).toEqual(ids);
    expect(await reader.read(batch(3, ids.slice(3)))).toEqual({ kind: 'done' });
    expect(await admittedOf(ids)).toBe(4);
    expect(await admittedOf([refused])).toBe(0);
  });

  it('reads a log that was never read, when it begins with what is to come first', async () => {
    openAt({ nextOffset: 0, lastEventId: undefined }, false);
    const ids = await accept('first', 'first');
    expect(await reader.read(batch(0, ids))).toEqual({ kind: 'done' });
    expect(await admittedOf(ids)).toBe(2);
    // A later event is on its way, and the last record is known.
    await accept('first');
    expect([group.openedAt, open.log.state, open.log.position]).toEqual([[], 'reading', { nextOffset: 2, lastEventId: ids[1] }]);
  });

  it.each([[0], [7]])('admits from Postgres what a log that is not known has lost before it is read, from offset %i on', async (nextOffset) => {
    openAt({ nextOffset, lastEventId: undefined }, false);
    const ids = await accept('unknown', 'unknown', 'unknown');
    expect(await reader.read(batch(nextOffset, ids.slice(1)))).toEqual({ kind: 'closed' });
    await waitUntil('the repair', () => group.openedAt.length === 1);
    expect(group.openedAt).toEqual([nextOffset]);
    const { rows } = await fixture.pool.query<{ event_id: string }>('select event_id from deliveries order by sequence');
    expect(rows.map(({ event_id: id }) => id)).toEqual(ids);
  });

  it('does the same when the topic was created again and its offsets begin at 0', async () => {
    const ids = await accept('created again', 'created again');
    openAt({ nextOffset: 1_000, lastEventId: undefined });
    expect(await reader.read(batch(0, ids.slice(1)))).toEqual({ kind: 'closed' });
    await waitUntil('the repair', () => group.openedAt.length === 1);
    expect(await admittedOf(ids)).toBe(2);
  });

  it.each([
    ['near the last record read when the log has lost its end, or was created again', () => Promise.resolve(new Map([[0, 700]])), 700],
    ['from its start when Kafka does not say where that is', () => Promise.reject(new Error('no answer')), 0],
  ])('reads on %s, once all from Postgres is admitted', async (_, answer, resumeAt) => {
    const ids = await accept('truncated', 'truncated');
    const last = mintId();
    openAt({ nextOffset: 1_000, lastEventId: last });
    const asked: number[] = [];
    offsetsSince = (timeMs) => {
      asked.push(timeMs);
      return answer();
    };
    // kafkajs continues at the start of a log that ends before the offset that it asked for.
    expect(await reader.read(batch(0, [mintId()]))).toEqual({ kind: 'closed' });
    await waitUntil('the repair', () => group.openedAt.length === 1);
    expect(group.openedAt).toEqual([resumeAt]);
    expect(asked).toEqual([mintedAtMs(last) - 600_000]);
    expect(await admittedOf(ids)).toBe(2);
  });
});
