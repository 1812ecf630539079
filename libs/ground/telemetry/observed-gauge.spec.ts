import { afterEach, expect, it, jest } from '@jest/globals';
import { register } from 'prom-client';
import { ObservedGauge } from './observed-gauge.js';

const shown = async (): Promise<string[]> => (await register.metrics()).split('\n').filter((line) => line.startsWith('lockstep_test'));

afterEach(() => {
  jest.useRealTimers();
});

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

it('shows what comes too late for one scrape at the next, and does not read again meanwhile', async () => {
  jest.useFakeTimers();
  const gauge = new ObservedGauge({ name: 'lockstep_test_slow', help: 'Slow' });
  let [begun, underWay, most] = [0, 0, 0];
  gauge.observe(async () => {
    const value = (begun += 1);
    most = Math.max(most, (underWay += 1));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    underWay -= 1;
    return value;
  });
  const seen: string[] = [];
  for (let scrapes = 0; scrapes < 13; scrapes++) {
    // Two scrape it.
    const [shownOne] = [register.getSingleMetricAsString('lockstep_test_slow'), register.getSingleMetricAsString('lockstep_test_slow')];
    await jest.advanceTimersByTimeAsync(15_000);
    seen.push(...(await shownOne).split('\n').filter((line) => !line.startsWith('#')));
  }
  expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => `lockstep_test_slow ${i + 1}`));
  expect([begun, most]).toEqual([13, 1]);
  register.removeSingleMetric('lockstep_test_slow');
});

it.each([
  { kind: 'with labels', labelNames: ['pool'] as const, value: [{ labels: { pool: 'a' }, value: 3 }], line: 'lockstep_test_late{pool="a"} 3' },
  { kind: 'without labels', labelNames: [] as const, value: 3, line: 'lockstep_test_late 3' },
])('$kind, does not let a scrape wait, keeps its value for a minute, and then ends', async ({ labelNames, value, line }) => {
  jest.useFakeTimers();
  const gauge = new ObservedGauge<'pool'>({ name: 'lockstep_test_late', help: 'Late', labelNames });
  const late = new Promise<never>(() => undefined);
  const scrape = async (): Promise<string[]> => {
    const shownOnes = register.getSingleMetricAsString('lockstep_test_late');
    await jest.advanceTimersByTimeAsync(1_000);
    return (await shownOnes).split('\n').filter((each) => !each.startsWith('#'));
  };
  gauge.observe(() => late);
  // A gauge of prom-client without labels begins with 0.
  expect(await scrape()).toEqual([]);
  gauge.observe(() => Promise.resolve(value));
  expect(await scrape()).toEqual([line]);
  gauge.observe(() => late);
  await jest.advanceTimersByTimeAsync(50_000);
  expect(await scrape()).toEqual([line]);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(await scrape()).toEqual([]);
  gauge.observe(() => Promise.resolve(value));
  expect(await scrape()).toEqual([line]);
  register.removeSingleMetric('lockstep_test_late');
});
