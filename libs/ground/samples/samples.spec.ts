import { describe, expect, it } from '@jest/globals';
import { quantileOf } from '#domain/log-histogram';
import { samplesNotCounted } from './samples.metrics.js';
import { Samples } from './samples.js';

describe('Samples', () => {
  it('counts by subject and measure, until it is taken', () => {
    const samples = new Samples();
    samples.count('endpoint/1', 'deliveries.delivered');
    samples.count('endpoint/1', 'deliveries.delivered', 4);
    samples.count('endpoint/1', 'deliveries.dead');
    samples.count('endpoint/2', 'deliveries.delivered');
    expect(samples.take().map(({ subject, measure, count, sum, buckets }) => [subject, measure, count, sum, buckets])).toEqual([
      ['endpoint/1', 'deliveries.delivered', 5, 0, []], ['endpoint/1', 'deliveries.dead', 1, 0, []], ['endpoint/2', 'deliveries.delivered', 1, 0, []],
    ]);
    expect(samples.take()).toEqual([]);
  });

  it('begins its minutes at whole minutes', () => {
    const samples = new Samples();
    samples.count('a', 'b');
    const [sample] = samples.take();
    expect(sample?.minuteMs).toBe(Math.floor((sample?.minuteMs ?? 0) / 60_000) * 60_000);
    expect(Date.now() - (sample?.minuteMs ?? 0)).toBeLessThan(120_000);
  });

  it('keeps measured values as a histogram', () => {
    const samples = new Samples();
    for (const value of [1, 10, 100, 100]) samples.measure('endpoint/1', 'latency', value);
    const [latency] = samples.take();
    expect(latency).toMatchObject({ count: 4, sum: 211 });
    expect(quantileOf(latency?.buckets ?? [], 0.5)).toBeCloseTo(10, 0);
  });

  it('notes nothing beyond its bound, and says so', async () => {
    const samples = new Samples();
    for (let i = 0; i < 40_000; i++) samples.count(`endpoint/${i}`, 'attempts.2xx');
    samples.count('endpoint/40000', 'attempts.2xx', 7);
    samples.count('endpoint/0', 'attempts.2xx');
    const taken = samples.take();
    expect([taken.length, taken[0]?.count]).toEqual([40_000, 2]);
    expect((await samplesNotCounted.get()).values[0]?.value).toBe(7);
  });
});
