import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { mintId, toPublicId } from '#domain/ids';
import { classifyRecord, type OfferedRecord, parkedRecordOf, withoutEvent } from './kafka-record.js';

const DAY_MS = 86_400_000;

const record = (headers: KafkaMessage['headers'], value: Buffer | null = Buffer.from('x'), key: Buffer | null = Buffer.from('k')): KafkaMessage =>
  ({ key, value, headers, offset: '7', timestamp: '0', attributes: 0, size: 0 }) as KafkaMessage;

describe('classifyRecord', () => {
  it('offers a record with an event\'s id', () => {
    const eventId = mintId();
    expect(classifyRecord(record({ ce_id: Buffer.from(toPublicId('evt', eventId)) }))).toMatchObject({ kind: 'offered', eventId, offset: 7 });
  });

  it.each([undefined, {}, { ce_id: undefined }, { ce_id: Buffer.from('evt_12') }, { ce_id: Buffer.from('\xff\xfe', 'latin1') }])('takes one without for foreign', (headers) => {
    expect(classifyRecord(record(headers))).toMatchObject({ kind: 'foreign', reason: 'no_event_id' });
  });
});

describe('withoutEvent', () => {
  const offered: OfferedRecord = { kind: 'offered', offset: 7, eventId: mintId(), record: record({}) };

  it('is foreign while its event would still be kept', () => {
    expect(withoutEvent(offered, false, DAY_MS, Date.now())).toMatchObject({ kind: 'foreign', reason: 'unknown_event' });
  });

  it('is on the wrong shard when its event is on another', () => {
    expect(withoutEvent(offered, true, DAY_MS, Date.now())).toMatchObject({ kind: 'foreign', reason: 'wrong_shard' });
  });

  it('is retired when retention has dropped its event', () => {
    expect(withoutEvent(offered, false, DAY_MS, Date.now() + 2 * DAY_MS)).toEqual({ kind: 'retired', offset: 7 });
  });
});

describe('parkedRecordOf', () => {
  const foreign = (value: Buffer | null, key: Buffer | null = Buffer.from('k')) =>
    parkedRecordOf({ kind: 'foreign', offset: 7, reason: 'no_event_id', record: record({ a: Buffer.from('b\0c') }, value, key) }, 'events', 2, 10);

  it('keeps the record and says whence it is and why it is parked', () => {
    const parked = foreign(Buffer.from('small'));
    expect(parked).toMatchObject({ shard: 2, key: 'k', value: Buffer.from('small') });
    expect(JSON.parse(parked.headers)).toEqual({
      a: 'b\uFFFDc', 'lockstep-reason': 'no_event_id', 'lockstep-topic': 'events', 'lockstep-partition': '2', 'lockstep-offset': '7',
    });
  });

  it('leaves out a value that is too large', () => {
    const parked = foreign(Buffer.alloc(11));
    expect(parked.value).toBeNull();
    expect(JSON.parse(parked.headers)).toMatchObject({ 'lockstep-truncated': 'true' });
  });

  it('takes no more bytes than the topic has room for, in any script', () => {
    const text = Buffer.from('\u20ac'.repeat(10_000));
    const { key, headers, value } = parkedRecordOf(
      { kind: 'foreign', offset: 7, reason: 'no_event_id', record: record(Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`h${i}`, Buffer.from('\u20ac'.repeat(4_000))])), null, text) }, 'events', 2, 10,
    );
    expect(Buffer.byteLength(key ?? '') + Buffer.byteLength(headers)).toBeLessThan(32_768);
    expect(value).toBeNull();
  });

  it('leaves out headers that are too many, and the value with them', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`h${i}`, Buffer.alloc(1_000, 'x')]));
    const parked = parkedRecordOf({ kind: 'foreign', offset: 7, reason: 'no_event_id', record: record(many) }, 'events', 2, 10);
    expect(parked.value).toBeNull();
    expect(JSON.parse(parked.headers)).toEqual({
      'lockstep-reason': 'no_event_id', 'lockstep-topic': 'events', 'lockstep-partition': '2', 'lockstep-offset': '7', 'lockstep-truncated': 'true',
    });
  });

  it('keeps names and texts that Postgres can hold', () => {
    const parked = parkedRecordOf({ kind: 'foreign', offset: 7, reason: 'no_event_id', record: record({ 'a\0b': Buffer.from('x'.repeat(4_095) + '😀') }) }, 'events', 2, 10);
    expect(Object.keys(JSON.parse(parked.headers) as object)[0]).toBe('a\uFFFDb');
    expect(parked.headers.isWellFormed()).toBe(true);
  });

  it('keeps a tombstone and a missing key', () => expect(foreign(null, null)).toMatchObject({ key: null, value: null }));
});
