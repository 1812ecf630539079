import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { mintId, toPublicId } from '#domain/ids';
import { continuityOf, openingOffset } from './log-continuity.js';

const [last, other, next] = [mintId(), mintId(), mintId()];
const position = { nextOffset: 10, lastEventId: last };

/** A batch that holds these events from an offset on. */
function batch(firstOffset: number, ...eventIds: string[]) {
  const records = eventIds.map((id, i) => ({ offset: String(firstOffset + i), headers: { ce_id: toPublicId('evt', id) } }) as unknown as KafkaMessage);
  return { firstOffset, records };
}

const offsets = (found: ReturnType<typeof continuityOf>): unknown => (found.kind === 'continues' ? found.records.map(({ offset }) => Number(offset)) : found);

describe('continuityOf', () => {
  it('goes on behind the record that was read last, when it is still the same', () => {
    expect(openingOffset(position)).toBe(9);
    expect(offsets(continuityOf(position, false, batch(9, last, next)))).toEqual([10]);
    expect(offsets(continuityOf(position, false, batch(8, other, last, next)))).toEqual([10]);
    expect(offsets(continuityOf(position, false, batch(9, last)))).toEqual([]);
  });

  it('takes another record in its place for another log', () => {
    expect(continuityOf(position, false, batch(9, other, next))).toEqual({ kind: 'another' });
    expect(continuityOf(position, false, batch(0, other))).toEqual({ kind: 'another' });
    expect(continuityOf(position, false, { firstOffset: 9, records: [{ offset: '9' } as KafkaMessage] })).toEqual({ kind: 'another' });
  });

  it('takes what lies before what was read for another log', () => {
    expect(continuityOf(position, true, batch(3, next))).toEqual({ kind: 'another' });
    // A record without an event's id is none to compare with.
    expect(continuityOf({ nextOffset: 10, lastEventId: undefined }, false, { firstOffset: 9, records: [{ offset: '9' } as KafkaMessage] })).toEqual({ kind: 'another' });
  });

  it('goes on when that record has expired and nothing behind it has', () => {
    expect(offsets(continuityOf(position, false, batch(10, next)))).toEqual([10]);
  });

  it('sees a gap', () => {
    for (const checked of [false, true]) expect(continuityOf(position, checked, batch(11, next))).toEqual({ kind: 'gap', resumeAt: 11 });
  });

  it('says that it doesn\'t know when it doesn\'t know the record before', () => {
    const unknown = { nextOffset: 10, lastEventId: undefined };
    expect(openingOffset(unknown)).toBe(10);
    expect(continuityOf(unknown, false, batch(10, next))).toMatchObject({ kind: 'unknown' });
    expect(offsets(continuityOf(unknown, true, batch(10, next)))).toEqual([10]);
  });
});
