import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { type LogEnds, LogEndsReader } from '#ground/kafka/log-ends';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { AdmissionModule } from './admission.module.js';
import { AdmissionRepository } from './admission.repository.js';
import { openLogOf } from './fixtures/open-log-of.js';
import type { OpenLog } from './open-logs.js';
import { UnadmittedSweeper } from './unadmitted-sweeper.js';

let fixture: ShardFixture;
let group: TestGroup;
let dispatcher: TestingModule;
let open: OpenLog;
let sweeper: UnadmittedSweeper;
let ready: jest.SpiedFunction<LaneRunner['ready']>;
let logEnds: LogEnds | Error;
/** What happens while Kafka answers. */
let duringAnswer: () => Promise<unknown>;

beforeAll(async () => {
  fixture = await createShardFixture();
  await fixture.createEndpoint();
  await fixture.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '22000'; end $$;
    create trigger refuse before insert on lanes for each row when (new.entity = 'poison') execute function refuse()`);
  group = new TestGroup();
  const kafka: Pick<LogEndsReader, 'read' | 'offsetsSince'> = {
    read: async () => {
      if (logEnds instanceof Error) throw logEnds;
      const answer = new Map([[0, logEnds]]);
      await duringAnswer();
      return answer;
    },
    offsetsSince: () => Promise.resolve(new Map([[0, 2]])),
  };
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), group.module, AdmissionModule])
    .overrideProvider(LogEndsReader).useValue(kafka)
    .compile();
  sweeper = dispatcher.get(UnadmittedSweeper);
  ready = jest.spyOn(dispatcher.get(LaneRunner), 'ready');
});

afterAll(async () => {
  await dispatcher.close();
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, inbox, outbox, deliveries, lanes');
  await fixture.pool.query("update shard_cursors set next_offset = 0, last_event_id = null, swept_seq = 0, caught_up_at = now() - interval '1 hour'");
  open = openLogOf(dispatcher, 0, await fixture.takeShard(0), { nextOffset: 10, lastEventId: undefined });
  ready.mockClear();
  group.openedAt.length = 0;
  [logEnds, duringAnswer] = [{ start: 0, end: 10 }, () => Promise.resolve()];
});

/** Accepts events that Kafka has, or had, a minute ago, without anybody to read them there. */
async function acceptLost(...entities: string[]): Promise<string[]> {
  const ids = await fixture.accept(entities.map((entity) => ({ shard: 0, entity })));
  await fixture.pool.query("update events set accepted_at = now() - interval '1 minute'");
  return ids;
}

async function admitted(): Promise<string[]> {
  const { rows } = await fixture.pool.query<{ event_id: string }>('select event_id from deliveries order by lane, sequence');
  return rows.map(({ event_id: id }) => id);
}

describe('UnadmittedSweeper', () => {
  it('admits what Kafka has lost, on a shard on which nothing arrives, and hands it to its lane', async () => {
    const ids = await acceptLost('a', 'a', 'a');
    await sweeper.sweep();
    expect(await admitted()).toEqual(ids);
    expect(ready.mock.calls.map(([{ lane }]) => lane.depth)).toEqual([3]);
  });

  it('knows what became of a sweep without an answer that committed late, also when the log was reopened since', async () => {
    const { lanes, log } = open;
    const ids = await acceptLost('a');
    // Not read so far yet: the event is suspected, and not judged.
    logEnds = { start: 0, end: 20 };
    await sweeper.sweep();
    lanes.coverage.onUnknownOutcome('sweep');
    // Its answer gets lost.
    await dispatcher.get(AdmissionRepository).admit([{ shard: 0, epoch: lanes.lease.epoch, eventIds: ids, parked: [], nextOffset: undefined, caughtUp: false }]);
    log.open();
    log.verify(log.openings);
    await sweeper.sweep();
    lanes.coverage.beginScan();
    lanes.coverage.endScan();
    expect(lanes.coverage.isComplete).toBe(true);
  });

  it('does not take for lost what the relay sends only now, after an outage of a minute', async () => {
    const ids = await acceptLost('a', 'a');
    await fixture.pool.query('insert into outbox (tenant, shard, accept_seq, event_id) select tenant, shard, accept_seq, id from events');
    // It goes right behind the end that Kafka tells: the shard has caught up with that, and yet has not read it.
    duringAnswer = async () => {
      await fixture.pool.query('truncate outbox');
      logEnds = { start: 0, end: 12 };
    };
    await sweeper.sweep();
    await sweeper.sweep();
    expect(await admitted()).toEqual([]);
    // The log brings the first; the second it has lost after all.
    await fixture.pool.query("insert into inbox (event_id, tenant, shard, routes) values ($1, 'default', 0, 0)", [ids[0]]);
    open.log.advance(open.log.openings, { nextOffset: 12, lastEventId: ids[0] });
    await sweeper.sweep();
    expect(await admitted()).toEqual(ids.slice(1));
  });

  it('looks again when the log is opened again: the end of the former one says nothing about it', async () => {
    const ids = await acceptLost('a');
    logEnds = { start: 0, end: 1_000 };
    await sweeper.sweep();
    expect(await admitted()).toEqual([]);
    open.log.open();
    logEnds = { start: 0, end: 10 };
    await sweeper.sweep();
    expect(await admitted()).toEqual(ids);
  });

  it('tells how far a log reaches of which nothing is fetched', async () => {
    for (const end of [15, 18]) {
      logEnds = { start: 0, end };
      await sweeper.sweep();
      expect(open.log.lag).toBe(end - 10);
    }
  });

  it('waits while there is more to read in the log, or Kafka doesn\'t say how far it reaches', async () => {
    await acceptLost('a');
    logEnds = { start: 0, end: 11 };
    await sweeper.sweep();
    logEnds = new Error('no answer');
    await sweeper.sweep();
    expect(await admitted()).toEqual([]);
    open.log.advance(open.log.openings, { nextOffset: 11, lastEventId: undefined });
    logEnds = { start: 0, end: 12 };
    await sweeper.sweep();
    expect(await admitted()).toHaveLength(1);
  });

  it('leaves out what Postgres refuses, once, and continues behind it', async () => {
    const [, good] = await acceptLost('poison', 'good');
    await sweeper.sweep();
    expect(await admitted()).toEqual([good]);
    const { rows: [cursor] } = await fixture.pool.query<{ behind: boolean }>('select swept_seq = (select max(accept_seq) from events) as behind from shard_cursors where shard = 0');
    expect(cursor).toEqual({ behind: true });
  });

  it.each([
    ['was created again and is shorter than what was read', { start: 0, end: 3 }, 2],
    ['begins behind what was read', { start: 40, end: 40 }, 40],
  ])('repairs at once when the log %s', async (_, ends, resumeAt) => {
    const ids = await fixture.accept([{ shard: 0, entity: 'recent' }, { shard: 0, entity: 'recent' }]);
    open.log.advance(open.log.openings, { nextOffset: 10, lastEventId: mintId() });
    logEnds = ends;
    await sweeper.sweep();
    await waitUntil('the repair', () => group.openedAt.length === 1);
    expect(group.openedAt).toEqual([resumeAt]);
    expect(await admitted()).toEqual(ids);
    const { rows: [cursor] } = await fixture.pool.query<object>('select next_offset, last_event_id from shard_cursors where shard = 0');
    expect(cursor).toEqual({ next_offset: resumeAt, last_event_id: null });
  });
});
