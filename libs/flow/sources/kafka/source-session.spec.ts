import { afterEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { waitUntil } from '#dev/testing/wait-until';
import { type SessionUnderTest, startSession } from './fixtures/session-under-test.js';
import type { RecordAcceptor } from './record-acceptor.js';
import type { RecordChunk } from './record-chunk.js';

type Accept = RecordAcceptor['accept'];

const SMALL = Buffer.from('{}');
/** A chunk has one of them, and a few of them hold back fetching. */
const LARGE = Buffer.alloc(1_100_000, 0x20);

const values = (count: number, value = SMALL): Buffer[] => Array.from({ length: count }, () => value);
const movedBy = ({ advances }: RecordChunk): Set<number> => new Set(advances.map(({ partition }) => partition));
const poison = (): Error => Object.assign(new pg.DatabaseError('invalid byte sequence', 1, 'error'), { code: '22021' });

let test: SessionUnderTest | undefined;

afterEach(async () => {
  await test?.stop();
  test = undefined;
  jest.useRealTimers();
});

describe('SourceSession', () => {
  it('goes back to the stored position, though markers behind it were being fetched', async () => {
    let position = 0;
    const stored: (readonly [number, number])[] = [];
    const accept: Accept = (_of, { advances: [advance] }) => {
      // Another gateway had a statement under way, which has stored 0 to 4.
      if (advance === undefined || position === 0) {
        position = 5;
        return Promise.resolve(new Set());
      }
      stored.push([advance.expectedOffset, advance.nextOffset]);
      position = advance.nextOffset;
      return Promise.resolve(new Set([0]));
    };
    const { consumer } = (test = await startSession({ accept }, { positions: () => new Map([[0, position]]) }));
    await consumer.fetched(0, 0, values(10));
    await waitUntil('the way back', () => Promise.resolve(consumer.seeks.includes('0:5')));
    consumer.markers(0, 10, 11);
    await waitUntil('another way back', () => Promise.resolve(consumer.seeks.filter((each) => each === '0:5').length === 2));
    await consumer.fetched(0, 5, values(5));
    consumer.markers(0, 10, 11);
    await consumer.fetched(0, 12, values(1));
    await waitUntil('the rest', () => Promise.resolve(position === 13));
    expect(stored[0]?.[0]).toBe(5);
  });

  it('stays at a record that Postgres refuses, though the chunk after it was made already', async () => {
    const { promise: made, resolve: make } = Promise.withResolvers<undefined>();
    const accept: Accept = async (_of, chunk) => {
      await made;
      if (chunk.entries.some(({ offset }) => offset === 0)) throw poison();
      return new Set();
    };
    const { consumer, session, log } = (test = await startSession({ accept }, { settings: { onInvalid: 'halt' }, positions: () => new Map([[0, 0], [1, 7]]), partitions: [0, 1] }));
    await consumer.fetched(0, 0, values(3, LARGE));
    await consumer.fetched(0, 3, values(3, LARGE));
    expect(consumer.paused).toEqual(new Set([0, 1]));
    make(undefined);
    await waitUntil('the halt', () => Promise.resolve(session.report().some(({ halt }) => halt !== undefined)));
    // What was queued for it held back the others.
    await waitUntil('that the other partition is read', () => Promise.resolve(!consumer.paused.has(1)));
    await consumer.fetched(1, 7, values(1));
    await waitUntil('its seek, since another gateway has moved it', () => Promise.resolve(consumer.seeks.filter((each) => each === '1:7').length === 2));
    expect(consumer.seeks.filter((each) => each === '0:0')).toHaveLength(1);
    expect(session.report()).toContainEqual(expect.objectContaining({ partition: 0, halt: expect.objectContaining({ offset: 0 }), endOffset: 6 }));
    expect(log.lines.filter(({ msg }) => msg.includes('has stopped'))).toHaveLength(1);
  });

  it('does not read on behind a record that it stops at while the group assigns partitions', async () => {
    const { promise: refused, reject: refuse } = Promise.withResolvers<never>();
    let isStoring = false;
    const accept: Accept = () => {
      isStoring = true;
      return refused;
    };
    const { consumer, session } = (test = await startSession({ accept }, { settings: { onInvalid: 'halt' }, positions: () => new Map([[0, 0], [1, 0]]), partitions: [0, 1] }));
    await consumer.fetched(0, 0, values(1));
    await waitUntil('the statement', () => Promise.resolve(isStoring));
    consumer.join([0, 1]);
    refuse(poison());
    await waitUntil('the other partition', () => Promise.resolve(consumer.seeks.filter((each) => each === '1:0').length === 2));
    expect(consumer.seeks.filter((each) => each === '0:0')).toHaveLength(1);
    expect(session.report().map(({ partition, halt }) => [partition, halt?.offset])).toEqual([[1, undefined], [0, 0]]);
  });

  it('takes no more tokens of the tenant than there are records', async () => {
    const [asked, stored]: [number[], number[]] = [[], []];
    const allow: RecordAcceptor['allow'] = (_principal, count) => {
      asked.push(count);
      return Promise.resolve({ granted: Math.min(count, 2), waitMs: 1 });
    };
    const accept: Accept = (_of, chunk) => {
      stored.push(chunk.entries.length);
      return Promise.resolve(movedBy(chunk));
    };
    const { consumer } = (test = await startSession({ allow, accept }, { limits: [{}], positions: () => new Map([[0, 0]]) }));
    await consumer.fetched(0, 0, values(3));
    await waitUntil('three events', () => Promise.resolve(stored.reduce((sum, count) => sum + count, 0) === 3));
    await consumer.fetched(0, 3, values(1));
    await waitUntil('the fourth one', () => Promise.resolve(stored.length === 3));
    expect([asked, stored]).toEqual([[3, 1, 1], [2, 1, 1]]);
  });

  it('does not look for the record that Postgres refuses while it ends', async () => {
    let statements = 0;
    const accept: Accept = () => {
      statements += 1;
      test?.session.stop();
      return Promise.reject(poison());
    };
    const { consumer } = (test = await startSession({ accept }, { positions: () => new Map([[0, 0]]) }));
    await consumer.fetched(0, 0, values(400));
    await waitUntil('the statement', () => Promise.resolve(statements > 0));
    await test.stop();
    expect(statements).toBe(1);
  });

  it('is steady once its group has assigned partitions, and not while it only waits for them', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    let steady = 0;
    test = await startSession({}, { positions: () => new Map([[0, 0]]), partitions: [], onSteady: () => (steady += 1) });
    await jest.advanceTimersByTimeAsync(5_000);
    expect(steady).toBe(0);
    test.consumer.join([0]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(steady).toBe(1);
  });
});
