import { expect, it } from '@jest/globals';
import type { PostedEvent } from './history.js';
import { Load } from './load.js';

it('alternates between gateways for each entity, and counts an accepted event even if a later try has no answer', async () => {
  const posts: { entity: string; first: number }[] = [];
  const post = (entity: string, key: string, first: number): Promise<PostedEvent> => {
    posts.push({ entity, first });
    const at = { sentAtMs: 0, answeredAtMs: 0 };
    return Promise.resolve({ origin: 'api', key, entity, tries: [{ ...at, answer: { kind: 'accepted', eventId: key, replayed: false } }, { ...at, answer: { kind: 'unknown' } }] });
  };
  await new Load({ post }, { seed: 1, events: 60, perSecond: 6_000, entities: 100, entityName: 'entity' }).run();
  const [busiest = []] = [...Map.groupBy(posts, ({ entity }) => entity).values()].sort((a, b) => b.length - a.length);
  expect(busiest.length).toBeGreaterThan(2);
  expect(busiest.map(({ first }) => first)).toEqual(busiest.map((_, i) => i + 1));
});
