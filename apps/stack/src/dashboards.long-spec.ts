import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Servers, startServers } from '#dev/testing/servers';
import { panelExpressions, ruleExpressions } from '../fixtures/expressions.js';
import { hasPrometheus } from '../fixtures/promtool.js';
import { PrometheusUnderTest } from '../fixtures/prometheus.js';
import { WatchedSystem } from '../fixtures/watched-system.js';

/** Enough for rates: a scrape comes each second. */
const LOAD_MS = 45_000;

const describeIfInstalled = hasPrometheus('prometheus') ? describe : describe.skip;

describeIfInstalled('a Prometheus that scrapes a system under load', () => {
  let servers: Servers;
  let watched: WatchedSystem;
  let prometheus: PrometheusUnderTest;
  let rounds = 0;

  beforeAll(async () => {
    servers = await startServers();
    watched = await WatchedSystem.start(servers);
    const { gateway, dispatcher, proxy } = watched.apps;
    prometheus = await PrometheusUnderTest.start({ 'lockstep-gateway': gateway.url, 'lockstep-dispatcher': dispatcher.url, 'lockstep-proxy': proxy.url });
    const endsAtMs = performance.now() + LOAD_MS;
    for (; performance.now() < endsAtMs; rounds++) await watched.round();
  }, LOAD_MS + 60_000);

  afterAll(async () => {
    await prometheus.stop();
    await watched.stop();
    await servers.stop();
  });

  it.each(panelExpressions())('has data for $name', async ({ expression }) => {
    const { status, error, data } = await prometheus.range(expression, 30);
    expect([status, error]).toEqual(['success', undefined]);
    const values = data.result.flatMap((series) => series.values.map(([, value]) => Number(value)));
    expect(values.filter(Number.isFinite)).not.toEqual([]);
  });

  it.each(ruleExpressions())('takes the expression of $name', async ({ expression }) => {
    expect(await prometheus.range(expression, 30)).toMatchObject({ status: 'success' });
  });

  it('has the rates that were made', async () => {
    expect(rounds).toBeGreaterThan(20);
    const last = async (query: string): Promise<number> => Number((await prometheus.range(query, 30)).data.result[0]?.values.at(-1)?.[1]);
    const [accepted, repeated] = [await last('sum(rate(lockstep_events_accepted_total{operation="post"}[1m]))'), await last('sum(rate(lockstep_events_deduplicated_total{operation="post"}[1m]))')];
    // Each round posts two events, one of them twice.
    expect(accepted / repeated).toBeCloseTo(2, 0);
    expect(await last('sum(lockstep_owned_shards) / max(lockstep_shards)')).toBe(1);
    expect(await prometheus.alerts()).not.toEqual(expect.arrayContaining([expect.stringMatching(/LockstepProcessDown|LockstepShardWithoutOwner|LockstepOutboxGrows|LockstepPartitionsEnd|AcceptBudget/)]));
  });
});
