import { describe, expect, it } from '@jest/globals';
import type { EventClient } from './event-client.js';
import type { Answer, Origin } from './history.js';
import { MixedLoad, partsOf } from './mixed-load.js';

const OPTIONS = { seed: 1712, events: 62, perSecond: 6_000 };

/** Answers each event as `answer` says, and notes it. */
function clients(answer: (origin: Origin, count: number) => Answer): { of: (origin: Origin) => EventClient; seen: { origin: Origin; entity: string; key: string }[] } {
  const seen: { origin: Origin; entity: string; key: string }[] = [];
  const of = (origin: Origin): EventClient => ({
    post: (entity, key) => {
      seen.push({ origin, entity, key });
      return Promise.resolve({ origin, key, entity, tries: [{ sentAtMs: 0, answeredAtMs: 0, answer: answer(origin, seen.length) }] });
    },
  });
  return { of, seen };
}

describe('MixedLoad', () => {
  it('sends a sixth through each source, the rest to the API, and draws the posts to the API from the stream of the seed', () => {
    expect(partsOf(OPTIONS).map(({ origin, events, perSecond }) => [origin, events, perSecond])).toEqual([['api', 42, 4_000], ['webhook', 10, 1_000], ['topic', 10, 1_000]]);
    const [api, ...others] = partsOf(OPTIONS).map(({ seed }) => seed);
    expect(api).toBe(1712);
    expect(new Set([api, ...others]).size).toBe(3);
  });

  it('ends when all are accepted, with another event for each that may be lost; entities belong to one origin', async () => {
    const { of, seen } = clients((origin, count) => (origin !== 'topic' ? { kind: 'accepted', eventId: `${count}`, replayed: false } : { kind: count % 3 === 0 ? 'unknown' : 'acknowledged' }));
    const load = new MixedLoad(of, OPTIONS);
    await load.run();
    expect([load.total, load.accepted]).toEqual([62, 62]);
    expect(load.posted).toHaveLength(seen.length);
    expect(load.posted.filter(({ tries }) => tries.some(({ answer }) => answer.kind === 'acknowledged'))).toHaveLength(10);
    expect(new Set(seen.map(({ key }) => key)).size).toBe(seen.length);
    for (const origins of Map.groupBy(seen, ({ entity }) => entity).values()) expect(new Set(origins.map(({ origin }) => origin)).size).toBe(1);
  });

  it('stops all parts when one fails', async () => {
    const { of } = clients((origin) => {
      if (origin === 'webhook') throw new Error('refused');
      return { kind: 'unknown' };
    });
    await expect(new MixedLoad(of, OPTIONS).run()).rejects.toThrow('refused');
  });
});
