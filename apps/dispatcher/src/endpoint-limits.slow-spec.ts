import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { worstExcess } from '#dev/testing/token-bucket-model';
import { waitUntil } from '#dev/testing/wait-until';
import { ArrivalRecorder, type RecordedArrival } from '../fixtures/arrival-recorder.js';

/**
 * A dispatcher may lose the CPU between the check of the token and the write, and the network takes its time, which differs.
 * The receiver's own delays are not part of it: it knows between which moments a request arrived.
 */
const WRITE_JITTER_MS = 10;
const ENTITIES = 400;
/** From one kill to the next, and from a kill to the new start. */
const [KILL_MS, RESTART_MS] = [4_000, 1_000];
const BATCH = 1_000;

let system: SystemUnderTest;
let recorder: ArrivalRecorder;

beforeAll(async () => {
  recorder = await ArrivalRecorder.start();
  system = await SystemUnderTest.start(sharedServers(), { dispatchers: 0, env: { KAFKA_PARTITIONS: '8' } });
  // One after the other: on a busy machine five processes that start together take too long.
  for (let n = 0; n < 4; n++) await (await system.launchDispatcher()).ready();
}, 300_000);

afterAll(async () => {
  recorder.stop();
  await system.stop();
});

async function postBacklog(type: string, count: number): Promise<void> {
  for (let first = 0; first < count; first += BATCH) {
    await system.call('POST', '/v1/events/batch', Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => ({ type, entity: `${type} ${(first + i) % ENTITIES}`, data: { n: first + i } })));
  }
  await waitUntil('the backlog', async () => {
    const [row] = await system.query<{ n: string }>(`select count(*) as n from deliveries d join events e on e.id = d.event_id where e.type = '${type}'`);
    return Number(row?.n) === count;
  }, 60_000);
}

/** Kills one dispatcher after the other. */
async function killUntil(endMs: number): Promise<number> {
  let kills = 0;
  for (; performance.now() + KILL_MS < endMs; kills++) {
    await setTimeout(KILL_MS);
    const victim = system.dispatchers[kills % system.dispatchers.length];
    await victim?.signal('SIGKILL');
    await setTimeout(RESTART_MS);
    victim?.start();
  }
  await setTimeout(Math.max(0, endMs - performance.now()));
  return kills;
}

function disorderIn(arrivals: readonly RecordedArrival[]): string[] {
  const highest = new Map<string, number>();
  return arrivals.flatMap(({ entity, sequence }) => {
    const last = highest.get(entity) ?? 0;
    highest.set(entity, Math.max(last, sequence));
    return sequence > last + 1 ? [`${entity}: #${sequence} arrived first after #${last}`] : [];
  });
}

describe('an endpoint with a rate limit, four dispatchers that are killed one after the other, and a backlog', () => {
  it.each([[1, 3, 40, 100], [20, 10, 20, 800], [500, 100, 15, 12_000], [2_000, 400, 10, 30_000]])(
    'gets at most %d a second and %d at once by its own clock, and at least 90 %% of that', async (perSecond, burst, seconds, backlog) => {
      const type = `limited.at-${perSecond}`;
      const endpoint = await system.createEndpoint(recorder.url, { eventTypes: [type], rateLimit: { perSecond, burst } });
      await system.call('POST', `/v1/endpoints/${endpoint}/pause`);
      await postBacklog(type, backlog);
      const { arrivals: { length: before } } = await recorder.read();
      await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
      const kills = await killUntil(performance.now() + seconds * 1_000);
      const { nowMs, arrivals: all } = await recorder.read();
      const arrivals = all.slice(before);
      expect(kills).toBeGreaterThanOrEqual(1);
      expect((worstExcess(arrivals, { capacity: burst, perSecond }) * 1_000) / perSecond).toBeLessThanOrEqual(WRITE_JITTER_MS);
      expect(arrivals.length).toBeLessThan(backlog);
      expect(arrivals.length).toBeGreaterThanOrEqual((0.9 * perSecond * (nowMs - (arrivals[0]?.toMs ?? nowMs))) / 1_000);
      expect(disorderIn(arrivals)).toEqual([]);
      await system.call('PATCH', `/v1/endpoints/${endpoint}`, { rateLimit: null });
      await waitUntil('the rest', async () => {
        const [row] = await system.query<{ n: string }>(`select count(*) as n from deliveries d join events e on e.id = d.event_id where e.type = '${type}' and d.status <> 'delivered'`);
        return Number(row?.n) === 0;
      }, 120_000);
      expect(disorderIn((await recorder.read()).arrivals.slice(before))).toEqual([]);
      expect(await system.call('GET', '/v1/ledger')).toMatchObject({ balanced: true });
    }, 300_000);
});
