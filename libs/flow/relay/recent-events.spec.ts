import { describe, expect, it } from '@jest/globals';
import { RecentEvents, type RelayedEvent } from './recent-events.js';

const event = (id: string, bytes: number): RelayedEvent => ({
  id, tenant: 'default', type: 'a', entity: 'e', time: '2026-01-01T00:00:00.000Z', source: 'api', contentType: 'application/json', traceparent: null, attributes: null, payload: Buffer.alloc(bytes),
});

describe('RecentEvents', () => {
  it('evicts the oldest when it is full', () => {
    const recent = new RecentEvents(4_000);
    for (const id of ['a', 'b', 'c']) recent.add(event(id, 1_000));
    expect(['a', 'b', 'c'].map((id) => recent.get(id) !== undefined)).toEqual([false, true, true]);
  });

  it('reuses the space of deleted events, and does not keep an event that is larger than all space', () => {
    const recent = new RecentEvents(4_000);
    recent.add(event('a', 2_000));
    recent.delete('a');
    recent.delete('a');
    recent.add(event('b', 1_000));
    recent.add(event('c', 1_000));
    expect(recent.get('b')).toBeDefined();
    recent.add(event('d', 9_000));
    expect(['b', 'c', 'd'].map((id) => recent.get(id))).toEqual([undefined, undefined, undefined]);
  });

  it('evicts many at once, since each eviction skips the entries that were deleted before', () => {
    const recent = new RecentEvents(80 * 1_000);
    const ids = Array.from({ length: 81 }, (_, i) => String(i));
    for (const id of ids) recent.add(event(id, 1_000 - 512));
    expect(ids.filter((id) => recent.get(id) === undefined)).toEqual(ids.slice(0, 11));
  });
});
