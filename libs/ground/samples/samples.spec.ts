import { beforeEach, describe, expect, it } from '@jest/globals';
import { quantileOf } from '#domain/log-histogram';
import { samplesNotCounted } from './samples.metrics.js';
import { type Sample, Samples } from './samples.js';
import { MOST_TOLD_APART } from './told-apart.js';

const HOUR_MS = 3_600_000;
const STEP_MS = 10_000;

let samples: Samples;

beforeEach(() => {
  samples = new Samples();
  samplesNotCounted.reset();
});

const ofEndpoint = (changes: Partial<Sample> = {}): Sample => ({ tenant: 'acme', dimension: 'endpoint', name: '1', measure: 'routed', count: 1, sum: 0, buckets: [], ...changes });
const ofTenant = (changes: Partial<Sample> = {}): Sample => ofEndpoint({ dimension: 'tenant', name: '', ...changes });
const ofSource = (changes: Partial<Sample> = {}): Sample => ofEndpoint({ dimension: 'source', name: 'api', measure: 'accepted', ...changes });
const brief = (taken: readonly Sample[]): unknown[] => taken.map(({ dimension, tenant, name, measure, count }) => [dimension, tenant, name, measure, count]);
const take = (atMs = 0): readonly Sample[] => samples.take(atMs).noted;
const of = (wanted: string, taken: readonly Sample[]): Sample[] => taken.filter(({ dimension }) => dimension === wanted);
const sumOf = (taken: readonly Sample[]): number => taken.reduce((sum, { count }) => sum + count, 0);
const namesOf = (taken: readonly Sample[]): string[] => taken.flatMap(({ name }) => (name === '' ? [] : [name]));

describe('numbers over time in memory', () => {
  it('are counted by endpoint and measure, and for its tenant, until they are taken', () => {
    samples.endpoint('acme', 1).count('routed');
    samples.endpoint('acme', 1).count('routed', 4);
    samples.endpoint('acme', 1).count('deliveries.dead');
    samples.endpoint('acme', 2).count('routed');
    samples.endpoint('beta', 3).count('routed');
    expect(take()).toEqual([
      ofTenant({ count: 6 }), ofTenant({ measure: 'deliveries.dead' }), ofTenant({ tenant: 'beta' }),
      ofEndpoint({ count: 5 }), ofEndpoint({ measure: 'deliveries.dead' }), ofEndpoint({ name: '2' }), ofEndpoint({ tenant: 'beta', name: '3' }),
    ]);
    expect(samples.take(0)).toEqual({ noted: [], gauges: [] });
  });

  it('are those of each source, of each type, and of the tenant as far as no endpoint has them', () => {
    samples.events('acme', 'api', 'order.created').count('accepted', 3);
    samples.events('acme', 'api', 'order.paid').count('accepted', 4);
    samples.events('acme', 'stripe', 'order.paid').count('accepted', 5);
    samples.events('acme', 'stripe', 'order.paid').count('routed', 6);
    samples.events('beta', 'api', 'order.paid').count('accepted', 7);
    expect(brief(take())).toEqual([
      ['tenant', 'acme', '', 'accepted', 12], ['tenant', 'beta', '', 'accepted', 7],
      ['source', 'acme', 'api', 'accepted', 7], ['source', 'acme', 'stripe', 'accepted', 5], ['source', 'acme', 'stripe', 'routed', 6], ['source', 'beta', 'api', 'accepted', 7],
      ['type', 'acme', 'order.created', 'accepted', 3], ['type', 'acme', 'order.paid', 'accepted', 9], ['type', 'acme', 'order.paid', 'routed', 6], ['type', 'beta', 'order.paid', 'accepted', 7],
    ]);
  });

  it('have no type where none is known', () => {
    samples.events('acme', 'api', '').count('rejected', 2);
    expect(take()).toEqual([ofTenant({ measure: 'rejected', count: 2 }), ofSource({ measure: 'rejected', count: 2 })]);
  });

  it('have histograms of measured values, which are merged', () => {
    for (const value of [1, 10, 100]) samples.events('acme', 'api', 'a').measure('latency', value);
    for (const value of [100, 5_000]) samples.events('acme', 'api', 'b').measure('latency', value);
    const [latency] = take();
    expect(latency).toMatchObject({ dimension: 'source', name: 'api', count: 5, sum: 5_211 });
    expect([0.2, 0.4, 0.6, 1].map((share) => Math.abs((quantileOf(latency?.buckets ?? [], share) ?? 0) / ({ 0.2: 1, 0.4: 10, 0.6: 100, 1: 5_000 }[share] ?? 1) - 1) < 0.05)).toEqual([true, true, true, true]);
  });

  it('have what gauges show when they are taken, of each endpoint and of its tenant', () => {
    let waiting = [{ tenant: 'acme', endpoint: 1, value: 5 }, { tenant: 'acme', endpoint: 2, value: 7 }];
    samples.observe({ measure: 'backlog', read: () => waiting });
    samples.endpoint('acme', 1).count('routed');
    expect(samples.take(0)).toEqual({
      noted: [ofTenant(), ofEndpoint()],
      gauges: [ofTenant({ measure: 'backlog', count: 2, sum: 12 }), ofEndpoint({ measure: 'backlog', sum: 5 }), ofEndpoint({ name: '2', measure: 'backlog', sum: 7 })],
    });
    waiting = [];
    expect(samples.take(0)).toEqual({ noted: [], gauges: [] });
  });

  it('tell the 1,000 busiest apart, and count the rest of each tenant together', () => {
    for (let i = 0; i < MOST_TOLD_APART; i++) samples.events('acme', 'api', `busy.${i}`).count('accepted', 2);
    for (let i = 0; i < 10; i++) samples.events('acme', 'api', `quiet.${i}`).count('accepted');
    for (let i = 1; i <= MOST_TOLD_APART + 1; i++) samples.endpoint('acme', i).count('routed', i);
    samples.observe({ measure: 'backlog', read: () => [{ tenant: 'acme', endpoint: 1, value: 3 }, { tenant: 'acme', endpoint: 2, value: 4 }] });
    const { noted, gauges } = samples.take(0);
    const types = of('type', noted);
    expect(types).toHaveLength(MOST_TOLD_APART + 1);
    expect(types.filter(({ name }) => !name.startsWith('busy.'))).toEqual([ofEndpoint({ dimension: 'type', name: '', measure: 'accepted', count: 10 })]);
    expect(of('endpoint', noted).filter(({ name }) => name === '' || name === '1')).toEqual([ofEndpoint({ name: '', count: 1 })]);
    expect(of('tenant', noted).map(({ count }) => count)).toEqual([2_010, 501_501]);
    expect(gauges.map(({ dimension, name, sum }) => [dimension, name, sum])).toEqual([['tenant', '', 7], ['endpoint', '2', 4], ['endpoint', '', 3]]);
  });

  it('tell the same ones apart for the whole hour, however many there are, and others in the next', () => {
    const names = new Set<string>();
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 500; i++) samples.events('acme', 'api', `type.${round}.${i}`).count('accepted');
      const types = of('type', take(round * STEP_MS));
      expect(sumOf(types)).toBe(500);
      for (const name of namesOf(types)) names.add(name);
    }
    expect(names.size).toBe(MOST_TOLD_APART);
    samples.events('acme', 'api', 'type.0.0').count('accepted');
    samples.events('acme', 'api', 'new').count('accepted', 1_000);
    expect(brief(of('type', take(11 * STEP_MS)))).toEqual([['type', 'acme', 'type.0.0', 'accepted', 1], ['type', 'acme', '', 'accepted', 1_000]]);
    samples.events('acme', 'api', 'new').count('accepted');
    expect(brief(of('type', take(HOUR_MS)))).toEqual([['type', 'acme', 'new', 'accepted', 1]]);
  });

  it('tell those of each tenant apart, however many another one has, also of a tenant that comes later', () => {
    const post = (tenant: string, names: number, times: number): void => {
      for (let i = 0; i < names; i++) samples.events(tenant, 'api', `${tenant}.${i}`).count('accepted', times);
    };
    post('flood', 5_000, 9);
    post('small', 20, 1);
    expect(namesOf(of('type', take()).filter(({ tenant }) => tenant === 'small'))).toHaveLength(20);
    post('flood', 5_000, 9);
    post('small', 30, 1);
    post('late', 5, 1);
    const later = of('type', take(STEP_MS));
    expect(['small', 'late'].map((wanted) => namesOf(later.filter(({ tenant }) => tenant === wanted)).length)).toEqual([20, 5]);
    for (let i = 0; i < 200; i++) post(`tenant-${i}`, 2, 1);
    expect(namesOf(of('type', take(2 * STEP_MS)))).toHaveLength(95);
  });

  it('stay within their bounds, and a tenant\'s own are complete', async () => {
    for (let i = 0; i < 10_001; i++) {
      samples.endpoint('acme', i).count('routed', 2);
      samples.events('acme', 'api', `type.${i}`).count('accepted');
    }
    samples.endpoint('beta', 10_002).count('routed', 5);
    samples.events('beta', 'api', 'a').count('accepted', 3);
    samples.events('beta', 'stripe', 'b').count('accepted', 4);
    const noted = take();
    expect(noted.length).toBeLessThan(2 * MOST_TOLD_APART + 50);
    expect(brief(noted.filter(({ dimension, tenant }) => dimension === 'tenant' || tenant === 'beta'))).toEqual([
      ['tenant', 'acme', '', 'accepted', 10_001], ['tenant', 'beta', '', 'accepted', 7], ['tenant', 'acme', '', 'routed', 20_002], ['tenant', 'beta', '', 'routed', 5],
      ['source', 'beta', '', 'accepted', 7], ['type', 'beta', '', 'accepted', 7], ['endpoint', 'beta', '', 'routed', 5],
    ]);
    expect((await samplesNotCounted.get()).values[0]?.value).toBe(0);
  });
});
