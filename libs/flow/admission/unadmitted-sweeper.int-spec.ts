import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { AdmissionRepository } from './admission.repository.js';
import { AdmissionService } from './admission.service.js';
import { UnadmittedRepository } from './unadmitted.repository.js';
import { mintId } from '#domain/ids';
import { WindowBudget } from '#domain/lane';
import type { LogEnds } from '#ground/kafka/log-ends';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { type LaneRecord, ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { waitUntil } from '#dev/testing/wait-until';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneIntake } from '#flow/lanes/lane-intake';
import { LogRepairer } from './log-repairer.js';
import type { OpenLog } from './open-logs.js';
import { type LogPosition, ShardLog } from './shard-log.js';
import { StoredEventAdmitter } from './stored-event-admitter.js';
import { UnadmittedSweeper } from './unadmitted-sweeper.js';

const logger = pino({ level: 'silent' });

let fixture: ShardFixture;
let pools: ReturnType<typeof createPool>[];
let open: OpenLog;
let sweeper: UnadmittedSweeper;
/** Commits an admission whose answer nothing here gets. */
let late: AdmissionRepository;
let ready: LaneRecord[];
let reopenedAt: number[];
let logEnds: LogEnds | Error;
/** What happens while Kafka answers. */
let duringAnswer: () => Promise<unknown>;

beforeAll(async () => {
  fixture = await createShardFixture();
  await fixture.createEndpoint();
  pools = (['by-hash', 'by-index'] as const).map((plans) => createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 1, plans }));
  await fixture.pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused' using errcode = '22000'; end $$;
    create trigger refuse before insert on lanes for each row when (new.entity = 'poison') execute function refuse()`);
});

afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, inbox, outbox, deliveries, lanes');
  await fixture.pool.query("update shard_cursors set next_offset = 0, last_event_id = null, swept_seq = 0, caught_up_at = now() - interval '1 hour'");
  const [admission, lookUps] = pools.map((pool) => databaseOf(pool));
  if (admission === undefined || lookUps === undefined) throw new Error('no pools');
  late = new AdmissionRepository(admission);
  const lanes = new ShardLanes(testLease(0, await fixture.takeShard(0)), new LaneBudget(1_000), new WindowBudget(1_000_000));
  lanes.coverage.beginScan();
  lanes.coverage.endScan();
  open = { lanes, log: logAt({ nextOffset: 10, lastEventId: undefined }) };
  [ready, reopenedAt, logEnds, duringAnswer] = [[], [], { start: 0, end: 10 }, () => Promise.resolve()];
  const logs = { readable: () => [open].filter(({ log }) => log.mayRead), resume: (_: OpenLog, offset: number) => reopenedAt.push(offset) };
  const admissions = new AdmissionService(new AdmissionRepository(admission), new LaneIntake({ ready: (record) => ready.push(record), followed: () => undefined }), new AdmissionProgress(), { requireVersion: () => undefined }, logger);
  const unadmitted = new UnadmittedRepository(lookUps);
  const stored = new StoredEventAdmitter(admissions, logger);
  const repairer = new LogRepairer(unadmitted, admissions, stored, logs, { offsetsSince: () => Promise.resolve(new Map([[0, 2]])) }, logger);
  const kafka = {
    read: async () => {
      if (logEnds instanceof Error) throw logEnds;
      const answer = new Map([[0, logEnds]]);
      await duringAnswer();
      return answer;
    },
  };
  sweeper = new UnadmittedSweeper(unadmitted, stored, repairer, logs, kafka, logger);
});

/** A log that is read up to there, and verified. */
function logAt(position: LogPosition): ShardLog {
  const log = new ShardLog(position);
  log.open();
  log.verify(log.openings);
  return log;
}

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
    expect(ready.map(({ lane }) => lane.depth)).toEqual([3]);
  });

  it('knows what became of a sweep without an answer that committed late, also when the log was reopened since', async () => {
    const { lanes, log } = open;
    const ids = await acceptLost('a');
    // Not read so far yet: the event is suspected, and not judged.
    logEnds = { start: 0, end: 20 };
    await sweeper.sweep();
    lanes.coverage.onUnknownOutcome('sweep');
    await late.admit([{ shard: 0, epoch: lanes.lease.epoch, eventIds: ids, parked: [], nextOffset: undefined, caughtUp: false }]);
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
    await waitUntil('the repair', () => reopenedAt.length === 1);
    expect(reopenedAt).toEqual([resumeAt]);
    expect(await admitted()).toEqual(ids);
    const { rows: [cursor] } = await fixture.pool.query<object>('select next_offset, last_event_id from shard_cursors where shard = 0');
    expect(cursor).toEqual({ next_offset: resumeAt, last_event_id: null });
  });
});
