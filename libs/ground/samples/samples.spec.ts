import { beforeEach, describe, expect, it } from '@jest/globals';
import { quantileOf } from '#domain/log-histogram';
import { samplesNotCounted } from './samples.metrics.js';
import { MOST_TOLD_APART, type Sample, Samples } from './samples.js';

let samples: Samples;

beforeEach(() => {
  samples = new Samples();
  samplesNotCounted.reset();
});

const ofEndpoint = (changes: Partial<Sample>): Sample => ({ dimension: 'endpoint', tenant: '', name: '', endpoint: 1, isOther: false, measure: 'routed', count: 1, sum: 0, buckets: [], ...changes });
const ofEvents = (changes: Partial<Sample>): Sample => ofEndpoint({ dimension: 'source', tenant: 'acme', endpoint: 0, measure: 'accepted', ...changes });
const brief = (taken: readonly Sample[]): unknown[] => taken.map(({ dimension, tenant, name, measure, count }) => [dimension, tenant, name, measure, count]);

describe('numbers over time in memory', () => {
  it('are counted by endpoint and measure, until they are taken', () => {
    samples.endpoint(1).count('routed');
    samples.endpoint(1).count('routed', 4);
    samples.endpoint(1).count('deliveries.dead');
    samples.endpoint(2).count('routed');
    expect(samples.take().noted).toEqual([ofEndpoint({ count: 5 }), ofEndpoint({ measure: 'deliveries.dead' }), ofEndpoint({ endpoint: 2 })]);
    expect(samples.take()).toEqual({ noted: [], gauges: [] });
  });

  it('are those of each source, of each type, and of the tenant as far as no endpoint has them', () => {
    samples.events('acme', 'api', 'order.created').count('accepted', 3);
    samples.events('acme', 'api', 'order.paid').count('accepted', 4);
    samples.events('acme', 'stripe', 'order.paid').count('accepted', 5);
    samples.events('acme', 'stripe', 'order.paid').count('routed', 6);
    samples.events('beta', 'api', 'order.paid').count('accepted', 7);
    expect(brief(samples.take().noted)).toEqual([
      ['tenant', 'acme', '', 'accepted', 12], ['tenant', 'beta', '', 'accepted', 7],
      ['source', 'acme', 'api', 'accepted', 7], ['source', 'acme', 'stripe', 'accepted', 5], ['source', 'acme', 'stripe', 'routed', 6], ['source', 'beta', 'api', 'accepted', 7],
      ['type', 'acme', 'order.created', 'accepted', 3], ['type', 'acme', 'order.paid', 'accepted', 9], ['type', 'acme', 'order.paid', 'routed', 6], ['type', 'beta', 'order.paid', 'accepted', 7],
    ]);
  });

  it('have no type where none is known', () => {
    samples.events('acme', 'api', '').count('rejected', 2);
    expect(samples.take().noted).toEqual([ofEvents({ dimension: 'tenant', measure: 'rejected', count: 2 }), ofEvents({ name: 'api', measure: 'rejected', count: 2 })]);
  });

  it('have histograms of measured values, which are merged', () => {
    for (const value of [1, 10, 100]) samples.events('acme', 'api', 'a').measure('latency', value);
    for (const value of [100, 5_000]) samples.events('acme', 'api', 'b').measure('latency', value);
    const [latency] = samples.take().noted;
    expect(latency).toMatchObject({ dimension: 'source', name: 'api', count: 5, sum: 5_211 });
    expect([0.2, 0.4, 0.6, 1].map((share) => Math.abs((quantileOf(latency?.buckets ?? [], share) ?? 0) / ({ 0.2: 1, 0.4: 10, 0.6: 100, 1: 5_000 }[share] ?? 1) - 1) < 0.05)).toEqual([true, true, true, true]);
  });

  it('have what gauges show when they are taken', () => {
    let waiting = new Map([[1, 5], [2, 7]]);
    samples.observe({ measure: 'backlog', read: () => waiting });
    samples.endpoint(1).count('routed');
    expect(samples.take()).toEqual({ noted: [ofEndpoint({})], gauges: [ofEndpoint({ measure: 'backlog', sum: 5 }), ofEndpoint({ endpoint: 2, measure: 'backlog', sum: 7 })] });
    waiting = new Map();
    expect(samples.take()).toEqual({ noted: [], gauges: [] });
  });

  it('tell the 1,000 busiest apart, and count the rest of each tenant together', () => {
    for (let i = 0; i < MOST_TOLD_APART; i++) samples.events('acme', 'api', `busy.${i}`).count('accepted', 2);
    for (let i = 0; i < 10; i++) samples.events('acme', 'api', `quiet.${i}`).count('accepted');
    samples.events('beta', 'api', 'quiet').count('accepted');
    for (let i = 1; i <= MOST_TOLD_APART + 1; i++) samples.endpoint(i).count('routed', i);
    const { noted } = samples.take();
    const types = noted.filter(({ dimension }) => dimension === 'type');
    expect(types).toHaveLength(MOST_TOLD_APART + 2);
    expect(types.filter(({ name }) => !name.startsWith('busy.'))).toEqual([ofEvents({ dimension: 'type', count: 10 }), ofEvents({ dimension: 'type', tenant: 'beta' })]);
    expect(noted.filter(({ isOther }) => isOther)).toEqual([ofEndpoint({ isOther: true })]);
    expect(noted.filter(({ dimension }) => dimension === 'tenant').map(({ count }) => count)).toEqual([2_010, 1]);
  });

  it('stay within their bounds, and say what is missing', async () => {
    for (let i = 0; i < 10_001; i++) {
      samples.endpoint(i).count('routed', 2);
      samples.events('acme', 'api', `type.${i}`).count('accepted');
    }
    samples.events('beta', 'api', 'a').count('accepted', 3);
    samples.events('beta', 'stripe', 'b').count('accepted', 4);
    const { noted } = samples.take();
    expect(noted.filter(({ dimension }) => dimension === 'endpoint')).toHaveLength(10_000);
    expect((await samplesNotCounted.get()).values[0]?.value).toBe(2);
    expect(brief(noted.filter(({ dimension, tenant }) => dimension === 'tenant' || tenant === 'beta'))).toEqual([
      ['tenant', 'acme', '', 'accepted', 10_001], ['tenant', 'beta', '', 'accepted', 7], ['source', 'beta', '', 'accepted', 7], ['type', 'beta', '', 'accepted', 7],
    ]);
  });
});
