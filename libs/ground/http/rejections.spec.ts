import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { Samples } from '#ground/samples/samples';
import type { Principal } from './principal.js';
import { Rejections } from './rejections.js';

const MINUTE = Date.parse('2026-01-31T12:34:00Z');

beforeEach(() => {
  jest.useFakeTimers({ now: MINUTE + 7_000 });
});

afterEach(() => {
  jest.useRealTimers();
});

const keyed = (id: string, tenant = 'default'): Principal => ({ ...TEST_PRINCIPAL, tenant, actor: { type: 'key', id, name: id } });

describe('rejections', () => {
  it('are counted by tenant, minute, key and code, with the last detail', () => {
    const rejections = new Rejections(new Samples());
    rejections.add(keyed('a'), 'invalid_request', 'first');
    rejections.add(keyed('a'), 'invalid_request', 'second');
    rejections.add(keyed('a'), 'duplicate', 'third');
    rejections.add(keyed('a', 'other-tenant'), 'duplicate', 'fourth');
    jest.setSystemTime(MINUTE + 60_000);
    rejections.add(keyed('a'), 'invalid_request', 'fifth');
    const entry = { tenant: 'default', minuteMs: MINUTE, source: 'api', key: 'a', lastAtMs: MINUTE + 7_000 };
    expect(rejections.take()).toEqual([
      { ...entry, code: 'invalid_request', requests: 2, lastDetail: 'second' },
      { ...entry, code: 'duplicate', requests: 1, lastDetail: 'third' },
      { ...entry, tenant: 'other-tenant', code: 'duplicate', requests: 1, lastDetail: 'fourth' },
      { ...entry, minuteMs: MINUTE + 60_000, code: 'invalid_request', requests: 1, lastDetail: 'fifth', lastAtMs: MINUTE + 60_000 },
    ]);
    expect(rejections.take()).toEqual([]);
  });

  it('are numbers over time of their source, without duplicates', () => {
    const samples = new Samples();
    const rejections = new Rejections(samples, 1);
    for (const code of ['invalid_request', 'duplicate', 'rate_limited']) rejections.add(keyed('a'), code, '');
    rejections.add({ ...keyed('a'), actor: { type: 'source', id: 'src_1', name: 'a shop' } }, 'invalid_request', '');
    const counted = samples.take(0).noted.filter(({ dimension }) => dimension === 'source');
    expect(counted).toMatchObject([{ tenant: 'default', name: 'api', measure: 'rejected', count: 2 }, { name: 'a shop', measure: 'rejected', count: 1 }]);
  });

  it('of a source have its name as the source, and its id as the key', () => {
    const rejections = new Rejections(new Samples(), 1);
    const source = (id: string, name: string): Principal => ({ ...TEST_PRINCIPAL, tenant: 'default', actor: { type: 'source', id, name } });
    rejections.add(source('src_1', 'a shop'), 'invalid_request', 'x');
    rejections.add(source('src_1', 'a shop'), 'duplicate', 'x');
    rejections.add(source('src_1', 'a shop'), 'conflict', 'x');
    rejections.add(source('src_2', 'other'), 'duplicate', 'x');
    expect(rejections.take()).toMatchObject([
      { source: 'a shop', key: 'src_1', code: 'invalid_request', requests: 1 }, { source: 'a shop', key: 'other', code: 'other', requests: 2 },
    ]);
  });

  it('keep a bounded number of entries: what has none shares one of its tenant, and beyond as many again nothing is kept', () => {
    const rejections = new Rejections(new Samples(), 3);
    for (let i = 0; i < 100; i++) rejections.add(keyed(`key-${i}`), 'invalid_request', 'x');
    rejections.add(keyed('key-0'), 'invalid_request', 'x');
    for (let i = 0; i < 100; i++) rejections.add(keyed('key', `tenant-${i}`), 'duplicate', 'x');
    const taken = rejections.take();
    expect(taken.map(({ tenant, key, code, requests }) => [tenant, key, code, requests])).toEqual([
      ['default', 'key-0', 'invalid_request', 2], ['default', 'key-1', 'invalid_request', 1], ['default', 'key-2', 'invalid_request', 1],
      ['default', 'other', 'other', 97], ['tenant-0', 'other', 'other', 1], ['tenant-1', 'other', 'other', 1],
    ]);
    rejections.add(keyed('key-9'), 'invalid_request', 'x');
    expect(rejections.take()).toHaveLength(1);
  });

  it('note duplicates by event, minute and key, of a bounded number of events', () => {
    const rejections = new Rejections(new Samples(), 2);
    rejections.noteDuplicate(keyed('a'), 'event-1');
    rejections.noteDuplicate(keyed('b'), 'event-1');
    jest.setSystemTime(MINUTE + 8_000);
    rejections.noteDuplicate(keyed('a'), 'event-1');
    rejections.noteDuplicate(keyed('a'), 'event-2');
    const entry = { event: 'event-1', minuteMs: MINUTE, firstAtMs: MINUTE + 7_000 };
    expect(rejections.takeDuplicates()).toEqual([{ ...entry, key: 'a', requests: 2, lastAtMs: MINUTE + 8_000 }, { ...entry, key: 'b', requests: 1, lastAtMs: MINUTE + 7_000 }]);
    expect(rejections.takeDuplicates()).toEqual([]);
  });

  it('keep 500 characters of a detail', () => {
    const rejections = new Rejections(new Samples());
    rejections.add(keyed('a'), 'invalid_request', 'é'.repeat(100_000));
    expect(rejections.take()).toMatchObject([{ lastDetail: 'é'.repeat(500) }]);
  });
});
