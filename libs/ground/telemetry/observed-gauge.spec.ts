import { expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { ObservedGauge } from './observed-gauge.js';

const shown = async (): Promise<string[]> => (await register.metrics()).split('\n').filter((line) => line.startsWith('lockstep_test'));

it('exists only once it is observed, keeps its value while there is no new one, and drops series that are no longer reported', async () => {
  const gauge = new ObservedGauge({ name: 'lockstep_test_lag', help: 'Lag', labelNames: ['shard'] });
  expect(await shown()).toEqual([]);
  let reading: { labels: { shard: number }; value: number }[] | undefined = [{ labels: { shard: 1 }, value: 7 }, { labels: { shard: 2 }, value: 0 }];
  gauge.observe(() => reading);
  expect(await shown()).toEqual(['lockstep_test_lag{shard="1"} 7', 'lockstep_test_lag{shard="2"} 0']);
  reading = undefined;
  expect(await shown()).toHaveLength(2);
  reading = [{ labels: { shard: 2 }, value: 3 }];
  expect(await shown()).toEqual(['lockstep_test_lag{shard="2"} 3']);
  // A later observation replaces it.
  gauge.observe(() => []);
  expect(await shown()).toEqual([]);
});
