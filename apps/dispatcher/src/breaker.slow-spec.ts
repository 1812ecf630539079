import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { type Accepted, SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { allDelivered, postRounds } from '../fixtures/rounds.js';

const ENTITIES = 200;

let servers: SharedServers;
let receiver: Receiver;
let system: SystemUnderTest;
let endpoint: string;

beforeAll(() => {
  servers = sharedServers();
});

beforeEach(async () => {
  receiver = await Receiver.start();
  // Long enough that no delivery is out of attempts when the breaker opens.
  system = await SystemUnderTest.start(servers, { dispatchers: 2, env: { LOCKSTEP_RETRY_SCHEDULE: '1s,2s,2s,2s,2s,2s' } });
  endpoint = await system.createEndpoint(receiver.url);
  await waitUntil('both own shards', async () => (await system.query('select distinct owner from shard_leases where owner is not null')).length === 2);
});

afterEach(async () => {
  await system.stop();
  await receiver.stop();
});

interface Row {
  readonly state: string;
  readonly version: number;
  readonly openings: number;
  readonly prober: string | null;
}

async function breakerRow(): Promise<Row | undefined> {
  return (await system.query<Row>('select state, version, openings, prober from endpoint_breakers'))[0];
}

const untilOpenings = (openings: number): Promise<unknown> =>
  waitUntil(`${openings} openings`, async () => {
    const row = await breakerRow();
    return row?.state === 'open' && row.openings >= openings;
  });

/** Each request is one attempt of its delivery, and nothing else uses one up. */
async function expectAttemptsForRequestsOnly(): Promise<void> {
  await waitUntil('all outcomes', async () => {
    const [row] = await system.query<{ attempts: number; dead: number }>("select sum(attempts)::int as attempts, count(*) filter (where status = 'dead')::int as dead from deliveries");
    return row?.attempts === receiver.arrivals.length && row.dead === 0;
  });
}

/** The receiver fails, and both dispatchers have failures. */
async function failing(): Promise<Accepted[]> {
  receiver.respond = () => 503;
  const accepted = await postRounds(system, ENTITIES, 2);
  await untilOpenings(1);
  return accepted;
}

describe('an endpoint that fails', () => {
  it('gets one probe at a time, and everything in order when it has recovered', async () => {
    const accepted = await failing();
    // What was sent before the other dispatcher had learned it has ended by the second opening.
    await untilOpenings(2);
    const sentBefore = receiver.arrivals.length;
    expect(await system.call('GET', `/v1/endpoints/${endpoint}`)).toMatchObject({ status: 'active', breaker: { state: 'open', since: expect.stringMatching(/^20/) as unknown, nextProbeAt: expect.stringMatching(/^20/) as unknown } });
    // Heads of the last probes wait for their retries.
    const { data: held } = await waitUntil('the other heads to be due', async () => {
      const lanes = (await system.call('GET', `/v1/lanes?endpoint=${endpoint}&state=waiting&limit=250`)) as { data: { entity: string; reason: string; head: { event: string } }[] };
      return lanes.data.length === ENTITIES && lanes.data.filter(({ reason }) => reason === 'breaker').length >= ENTITIES - 2 ? lanes : undefined;
    });
    const { data: timeline } = (await system.call('GET', `/v1/events/${held.find(({ reason }) => reason === 'breaker')?.head.event ?? ''}/timeline`)) as { data: object[] };
    expect(timeline.at(-1)).toMatchObject({ kind: 'waiting', reason: 'breaker' });
    await untilOpenings(4);
    expect(receiver.arrivals.length - sentBefore).toBe(2);
    await expectAttemptsForRequestsOnly();

    // Each answer allows one more request at once, at each dispatcher.
    let [inFlight, answered] = [0, 0];
    const steps: { readonly inFlight: number; readonly answered: number }[] = [];
    receiver.respond = async () => {
      inFlight += 1;
      steps.push({ inFlight, answered });
      await new Promise((resolve) => setTimeout(resolve, 20));
      inFlight -= 1;
      answered += 1;
      return 200;
    };
    await allDelivered(receiver, accepted, 60_000);
    expect(steps.filter((step) => step.inFlight > step.answered + 2)).toEqual([]);
    expect(Math.max(...steps.map((step) => step.inFlight))).toBeGreaterThan(16);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    expect(await system.query("select action from audit_log where actor = 'system' order by id")).toEqual([{ action: 'breaker.opened' }, { action: 'breaker.closed' }, { action: 'endpoint.recovered' }]);
    expect(await system.call('GET', `/v1/endpoints/${endpoint}`)).toMatchObject({ breaker: { state: 'closed', nextProbeAt: null } });
  }, 180_000);

  it('is probed by another dispatcher when the one that probed was killed, after its leases have run out', async () => {
    await system.call('PATCH', `/v1/endpoints/${endpoint}`, { timeoutMs: 10_000 });
    const accepted = await failing();
    receiver.respond = () => new Promise(() => undefined);
    const first = await waitUntil('a claim', async () => {
      const row = await breakerRow();
      return row?.state === 'half-open' ? row : undefined;
    });
    const sending = async (): Promise<number> => {
      for (const [i, dispatcher] of system.dispatchers.entries()) if ((await dispatcher.metric('lockstep_lanes{state="sending"}')) === 1) return i;
      return -1;
    };
    const prober = await waitUntil('the prober', async () => {
      const i = await sending();
      return i === -1 ? undefined : { dispatcher: system.dispatchers[i] };
    });
    expect(await breakerRow()).toEqual(first);
    await prober.dispatcher?.signal('SIGKILL');
    const sentBefore = receiver.arrivals.length;
    receiver.respond = () => 200;
    const second = await waitUntil('another claim', async () => {
      const sent = receiver.arrivals.length;
      const row = await breakerRow();
      if (row?.version === first.version) expect(sent).toBe(sentBefore);
      return row === undefined || row.version === first.version ? undefined : row;
    }, 30_000);
    expect(second.prober).not.toBe(first.prober);
    await allDelivered(receiver, accepted, 60_000);
    expect(findingsIn(receiver.arrivals, { takeovers: true })).toEqual([]);
  }, 180_000);

  it('is disabled when nothing was delivered for as long as disableAfter', async () => {
    await system.call('PATCH', `/v1/endpoints/${endpoint}`, { disableAfter: '1m' });
    await failing();
    await system.query("update endpoint_breakers set undelivered_since = undelivered_since - interval '1 minute'");
    await waitUntil('the disabling', async () => ((await system.call('GET', `/v1/endpoints/${endpoint}`)) as { status: string }).status === 'disabled');
    expect(await system.call('GET', `/v1/endpoints/${endpoint}`)).toMatchObject({ disableAfter: '1m', statusReason: expect.stringMatching(/^Nothing was delivered since .*resume$/) as unknown });
    receiver.respond = () => 200;
    await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
    await waitUntil('the recovery', async () => (await breakerRow())?.state === 'closed');
  }, 180_000);
});
