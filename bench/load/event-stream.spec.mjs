import { describe, expect, it } from '@jest/globals';
import { eventStream } from './event-stream.mjs';

const take = (count, next) => Array.from({ length: count }, () => next()).map(({ key, body }) => ({ key, body, ...JSON.parse(body) }));

describe('eventStream', () => {
  it('takes entities in turn and numbers the events of each', () => {
    const events = take(5, eventStream({ prefix: 'k', entities: 2 }));
    expect(events.map(({ key, entity, data: { object } }) => [key, entity, object.number])).toEqual([
      ['k-0', 'acct_0', 0], ['k-1', 'acct_1', 0], ['k-2', 'acct_0', 1], ['k-3', 'acct_1', 1], ['k-4', 'acct_0', 2],
    ]);
  });

  it('gives each entity one of as many types as asked for', () => {
    const events = take(6, eventStream({ prefix: 'k', entities: 3, types: 2 }));
    expect(events.map(({ entity, type }) => [entity, type])).toEqual(
      [0, 1, 2, 0, 1, 2].map((n) => [`acct_${n}`, `order.created.${n % 2}`]),
    );
  });

  it('pads bodies to the exact size', () => {
    const [event] = take(1, eventStream({ prefix: 'k', entities: 1, bytes: 4_096 }));
    expect(Buffer.byteLength(event.body)).toBe(4_096);
  });

  it('adds as many fields as asked for', () => {
    const [event] = take(1, eventStream({ prefix: 'k', entities: 1, fields: 20 }));
    expect(Object.keys(event.data.fields)).toHaveLength(20);
    expect(event.data.object.number).toBe(0);
  });

  it('repeats itself byte for byte after the given number of distinct events', () => {
    const events = take(6, eventStream({ prefix: 'k', entities: 2, distinct: 3 }));
    expect(events.slice(3)).toEqual(events.slice(0, 3));
  });

  it('gives the n-th entity about 1/n of the first one’s events when it is skewed', () => {
    const counts = new Map();
    for (const { entity, data } of take(20_000, eventStream({ prefix: 'k', entities: 100, skewed: true }))) {
      expect(data.object.number).toBe(counts.get(entity) ?? 0);
      counts.set(entity, data.object.number + 1);
    }
    expect(counts.get('acct_1') / counts.get('acct_0')).toBeCloseTo(1 / 2, 1);
    expect(counts.get('acct_9') / counts.get('acct_0')).toBeCloseTo(1 / 10, 1);
  });
});
