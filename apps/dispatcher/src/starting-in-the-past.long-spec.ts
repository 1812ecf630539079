import { setTimeout } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { startServers } from '#dev/testing/servers';
import { entitiesOn, latenciesMs, percentile, SteadyLoad } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { pastEvents } from '../fixtures/past-events.js';

const SHARDS = 8;
const ENTITIES = 2_000;
const PAST = 1_000_000;
const WARM_UP_MS = 15_000;
const BASELINE_MS = 30_000;

it('1,000,000 past events: in order, at the rate at which a backlog drains, and other endpoints do not notice', async () => {
  const servers = await startServers();
  const [receiver, other] = [await Receiver.start(), await Receiver.start()];
  const system = await SystemUnderTest.start(servers, { dispatchers: 2, env: { KAFKA_PARTITIONS: String(SHARDS) } });
  try {
    await system.query(pastEvents({ type: 'past.made', events: PAST, entities: ENTITIES, shards: SHARDS }));
    await system.query('analyze');
    const create = (url: string): Promise<string> => system.createEndpoint(url, { eventTypes: ['past.made'], startAt: 'earliest', maxConcurrency: 256 });
    const key = (endpoint: string): string => `(select id from endpoints where public_id = '${endpoint.replace('ep_', '')}')`;
    const until = async (what: string, endpoint: string, column: 'tail_sequence' | 'closed_sequence'): Promise<number> => {
      const startedAtMs = performance.now();
      await waitUntil(what, async () => Number((await system.query<{ n: string }>(`select coalesce(sum(${column}), 0) as n from lanes where endpoint = ${key(endpoint)}`))[0]?.n) === PAST, 1_200_000);
      return performance.now() - startedAtMs;
    };

    await system.createEndpoint(other.url, { eventTypes: ['order.changed'] });
    const load = SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 3), intervalMs: 100 });
    /** How long deliveries to another endpoint take while `work` runs. */
    const p99During = async <Result>(work: () => Promise<Result>): Promise<{ p99Ms: number; result: Result }> => {
      const first = load.posted.length;
      const result = await work();
      const posted = load.posted.slice(first, load.posted.length);
      return { p99Ms: Math.round(percentile(latenciesMs(other.arrivals, posted), 0.99)), result };
    };
    await setTimeout(WARM_UP_MS);
    const idle = await p99During(() => setTimeout(BASELINE_MS));

    // How fast a backlog drains that is there.
    const paused = await create(receiver.url);
    await system.call('POST', `/v1/endpoints/${paused}/pause`);
    const routing = await p99During(() => until('the past to be routed', paused, 'tail_sequence'));
    await system.call('POST', `/v1/endpoints/${paused}/resume`);
    const draining = await p99During(() => until('the backlog to drain', paused, 'closed_sequence'));
    await system.call('DELETE', `/v1/endpoints/${paused}`);
    receiver.arrivals.length = 0;

    const endpoint = await create(receiver.url);
    const catchingUp = await p99During(() => until('the past to be delivered', endpoint, 'closed_sequence'));
    await load.stop();
    const perSecond = ({ result }: { result: number }): number => Math.round((PAST / result) * 1_000);
    console.log(JSON.stringify({
      perSecond: { routedWhilePaused: perSecond(routing), drained: perSecond(draining), caughtUp: perSecond(catchingUp) },
      p99OfOthersMs: { idle: idle.p99Ms, routing: routing.p99Ms, draining: draining.p99Ms, catchingUp: catchingUp.p99Ms },
    }));
    expect(findingsIn(receiver.arrivals)).toEqual([]);
  } finally {
    await system.stop();
    await Promise.all([receiver.stop(), other.stop(), servers.stop()]);
  }
}, 3_600_000);
