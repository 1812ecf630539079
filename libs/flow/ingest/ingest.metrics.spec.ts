import { beforeEach, expect, it } from '@jest/globals';
import { countCommitted, countRepeat, eventsAccepted, eventsDeduplicated } from './ingest.metrics.js';

const of = (provider: string, isItem = false) => ({ origin: { provider }, isItem });

async function counted(counter: typeof eventsAccepted): Promise<string[]> {
  return (await counter.get()).values.filter(({ value }) => value > 0).map(({ labels: { source, operation }, value }) => `${source} ${operation} ${value}`);
}

beforeEach(() => {
  eventsAccepted.reset();
  eventsDeduplicated.reset();
});

it('counts the events of a commit by source and operation', async () => {
  const submissions = [of('api'), of('api', true), of('stripe'), of('api'), of('api', true), of('github'), of('api')];
  const kinds = ['accepted', 'accepted', 'replayed', 'replayed', 'accepted', 'accepted', 'reused'];
  countCommitted(submissions, kinds.map((kind) => ({ kind })));
  expect(await counted(eventsAccepted)).toEqual(['api post 1', 'api batch 2', 'github webhook 1']);
  expect(await counted(eventsDeduplicated)).toEqual(['api post 1', 'stripe webhook 1']);
});

it('counts a request that shares the result of another one', async () => {
  countRepeat({ provider: 'api' });
  countRepeat({ provider: 'slack' });
  expect([await counted(eventsAccepted), await counted(eventsDeduplicated)]).toEqual([[], ['api post 1', 'slack webhook 1']]);
});
