import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { mintId, toPublicId } from '#domain/ids';
import { LogWorld } from './fixtures/log-world.js';
import { type Continuity, type LogPosition, ShardLog } from './shard-log.js';

const [last, other, next] = [mintId(), mintId(), mintId()];
const position: LogPosition = { nextOffset: 10, lastEventId: last };
const unknown: LogPosition = { nextOffset: 10, lastEventId: undefined };

/** A batch that holds these events from an offset on. */
function batch(firstOffset: number, ...eventIds: string[]) {
  const records = eventIds.map((id, i) => ({ offset: String(firstOffset + i), headers: { ce_id: toPublicId('evt', id) } }) as unknown as KafkaMessage);
  return { firstOffset, records, logEnd: firstOffset + records.length };
}

function opened(at: LogPosition): ShardLog {
  const log = new ShardLog(at);
  log.open();
  return log;
}

function reading(): ShardLog {
  const log = opened(position);
  log.receive(batch(9, last));
  return log;
}

const offsets = (found: Continuity): unknown => (found.kind === 'continues' ? found.records.map(({ offset }) => Number(offset)) : found);

describe('ShardLog', () => {
  it('does not know the lag of a log that was created again, until it learns the end of the new one', () => {
    const log = reading();
    log.receive({ ...batch(10, next), logEnd: 1_000_000 });
    log.beginRepair();
    expect(log.lag).toBeUndefined();
    log.endRepair(0);
    expect(log.lag).toBeUndefined();
    log.noteEnd(log.openings - 1, 1_000_000);
    expect(log.lag).toBeUndefined();
    log.noteEnd(log.openings, 2);
    expect(log.lag).toBe(2);
  });

  it('tells how many records are not admitted, as of the last batch', () => {
    const log = opened(position);
    expect(log.lag).toBeUndefined();
    log.receive({ ...batch(9, last, next), logEnd: 15 });
    expect(log.lag).toBe(5);
    log.advance(log.openings, { nextOffset: 11, lastEventId: next });
    expect(log.lag).toBe(4);
    log.advance(log.openings, { nextOffset: 20, lastEventId: undefined });
    expect(log.lag).toBe(0);
  });

  it('continues behind the last record read, when that is still the same (2)', () => {
    expect(new ShardLog(position).open()).toBe(9);
    expect(offsets(opened(position).receive(batch(9, last, next)))).toEqual([10]);
    expect(offsets(opened(position).receive(batch(8, other, last, next)))).toEqual([10]);
    expect(offsets(opened(position).receive(batch(9, last)))).toEqual([]);
  });

  it('takes another record in its place for another log (2)', () => {
    for (const found of [batch(9, other, next), batch(0, other), { firstOffset: 9, records: [{ offset: '9' } as KafkaMessage], logEnd: 10 }]) {
      expect(opened(position).receive(found)).toEqual({ kind: 'another' });
    }
  });

  it('takes what lies before the position for another log', () => {
    expect(reading().receive(batch(3, next))).toEqual({ kind: 'another' });
    // A record without an event's id cannot be compared.
    expect(opened(unknown).receive({ firstOffset: 9, records: [{ offset: '9' } as KafkaMessage], logEnd: 10 })).toEqual({ kind: 'another' });
  });

  it('sees a gap, verified or not', () => {
    for (const log of [opened(position), reading()]) expect(log.receive(batch(11, next))).toEqual({ kind: 'gap', resumeAt: 11 });
  });

  it('leaves it to Postgres when the record before has expired, or is not known (2)', () => {
    // What has expired may be another record: Kafka had lost its end before.
    expect(opened(position).receive(batch(10, next))).toMatchObject({ kind: 'unverified' });
    const log = opened(unknown);
    expect(log.receive(batch(10, next))).toMatchObject({ kind: 'unverified', opening: 1 });
    expect([log.state, log.verify(0), log.verify(1), log.state]).toEqual(['verifying', false, true, 'reading']);
    expect(offsets(log.receive(batch(10, next)))).toEqual([10]);
  });

  it('does not move by what was begun under an earlier opening (3)', () => {
    const log = reading();
    const { openings } = log;
    log.open();
    expect([log.advance(openings, { nextOffset: 20, lastEventId: next }), log.position]).toEqual([false, position]);
  });

  it('reads nothing during a repair, and continues where the repair says (4)', () => {
    const log = reading();
    expect([log.beginRepair(), log.beginRepair(), log.receive(batch(10, next)).kind]).toEqual([true, false, 'closed']);
    expect([log.endRepair(7), log.position, log.state]).toEqual(['reading', { nextOffset: 7, lastEventId: undefined }, 'reading']);
    expect(offsets(log.receive(batch(7, next)))).toEqual([7]);
  });

  it('repeats a repair when it is opened in the meantime, and does not end it when it is closed (4)', () => {
    const log = reading();
    log.beginRepair();
    expect([log.open(), log.endRepair(7), log.endRepair(8)]).toEqual([undefined, 'again', 'reading']);
    log.beginRepair();
    log.close();
    expect([log.endRepair(9), log.state]).toEqual(['closed', 'closed']);
  });

  it('is in doubt until it has read past the records of an admission without an answer, or is repaired (5)', () => {
    const log = reading();
    const { openings } = log;
    log.onUnknownOutcome(openings, 13);
    log.advance(openings, { nextOffset: 12, lastEventId: next });
    expect(log.isInDoubt).toBe(true);
    log.advance(openings, { nextOffset: 13, lastEventId: next });
    expect(log.isInDoubt).toBe(false);
    log.onUnknownOutcome(openings, 15);
    log.beginRepair();
    log.endRepair(3);
    expect(log.isInDoubt).toBe(false);
    // It was asked for before the repair, which knows what became of it.
    log.onUnknownOutcome(openings, 15);
    expect(log.isInDoubt).toBe(false);
  });
});

describe('ShardLog against a Kafka that loses records and topics', () => {
  type Step = fc.Command<LogWorld, LogWorld>;
  const step = (name: string, take: (world: LogWorld) => void, isPossible: (world: Readonly<LogWorld>) => boolean = () => true): fc.Arbitrary<Step> =>
    fc.constant({ check: isPossible, run: take, toString: () => name });
  const counted = (name: string, take: (world: LogWorld, count: number) => void): fc.Arbitrary<Step> =>
    fc.integer({ min: 1, max: 3 }).map((count) => ({ check: () => true, run: (world) => take(world, count), toString: () => `${name}(${count})` }));
  const commands = fc.commands(
    [
      ...Array.from({ length: 3 }, () => [step('post', (world) => world.post()), step('relay', (world) => world.relay()), counted('fetch', (world, count) => world.fetch(count)), step('admit', (world) => world.admit())]).flat(),
      counted('expire', (world, count) => world.expire(count)),
      counted('truncate', (world, count) => world.truncate(count)),
      step('recreate', (world) => world.recreate()),
      step('rejoin', (world) => world.reopen()),
      step('repairPass', (world) => world.repairPass()),
      step('endRepair', (world) => world.endRepair()),
      step('takeOver', (world) => world.takeOver()),
    ],
    { maxCommands: 120, size: 'max' },
  );

  it('admits every event, none before an earlier one, and moves only by what continues (1 to 4)', () => {
    fc.assert(
      fc.property(commands, (run) => {
        const world = new LogWorld();
        fc.modelRun(() => ({ model: world, real: world }), run);
        world.quieten();
        expect(world.admitted).toEqual(world.posted);
      }),
      { numRuns: 1_000 },
    );
  });
});
