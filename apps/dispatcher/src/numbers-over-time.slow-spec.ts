import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(async () => {
  receiver = await Receiver.start();
  system = await SystemUnderTest.start(sharedServers(), { gateways: 2, env: { LOCKSTEP_RETRY_SCHEDULE: '100ms' } });
});

afterAll(async () => {
  await system.stop();
  await receiver.stop();
});

interface Metrics {
  readonly series: readonly { readonly key: string | null; readonly total: { readonly value: number; readonly count?: number; readonly p99?: number } }[];
}

interface State {
  readonly processes: readonly { readonly id: string; readonly app: string; readonly status: string }[];
  readonly shards: readonly { readonly status: string; readonly owner: string | null; readonly relay: string | null; readonly lag: number | null }[];
  readonly topics: { readonly status: string };
}

const metrics = (query: string): Promise<Metrics> => system.call('GET', `/v1/metrics?${query}`) as Promise<Metrics>;
const brief = async (query: string): Promise<unknown[]> => (await metrics(query)).series.map(({ key, total: { value } }) => [key, value]);
const state = (): Promise<State> => system.call('GET', '/v1/system') as Promise<State>;

it('numbers over time are those of all processes, one that was stopped included, and the state of the installation names them', async () => {
  const endpoint = await system.createEndpoint(receiver.url);
  receiver.respond = ({ entity }) => (entity === 'failing' ? 500 : 200);
  for (const entity of ['a', 'b', 'a', 'failing']) await system.post(entity, {});
  await waitUntil('everything has ended', async () => (await system.query<{ n: number }>("select count(*)::integer as n from deliveries where status <> 'pending'"))[0]?.n === 4);
  await waitUntil('a relay, and that Kafka says how long its logs are', async () => (await state()).shards.every(({ relay, lag }) => relay !== null && lag === 0));

  const running = await state();
  expect(running.topics.status).toBe('ok');
  expect(running.processes.map(({ app, status }) => [app, status])).toEqual([['dispatcher', 'running'], ['gateway', 'running'], ['gateway', 'running']]);
  const idsOf = (wanted: string): string[] => running.processes.filter(({ app }) => app === wanted).map(({ id }) => id);
  expect(new Set(running.shards.map(({ status, owner }) => `${status} ${owner}`))).toEqual(new Set([`owned ${idsOf('dispatcher')[0]}`]));
  for (const { relay } of running.shards) expect(idsOf('gateway')).toContain(relay);

  // The last numbers of the dispatcher come when it stops, those of the gateways within ten seconds.
  await system.dispatchers[0]?.signal('SIGTERM');
  await waitUntil('the numbers of the gateways', async () => (await metrics('measure=accepted')).series[0]?.total.value === 4, 30_000);
  expect(await brief('measure=accepted&by=source')).toEqual([['api', 4]]);
  expect(await brief('measure=routed&by=endpoint')).toEqual([[endpoint, 4]]);
  expect(await brief('measure=attempts')).toEqual([[null, 5]]);
  expect(await brief(`measure=failed&endpoint=${endpoint}`)).toEqual([[endpoint, 2]]);
  expect(await brief('measure=dead&by=source')).toEqual([['api', 1]]);
  expect(await brief('measure=delivered&by=type&step=1h')).toEqual([[expect.any(String), 3]]);
  expect((await metrics('measure=deliveryTime')).series).toMatchObject([{ total: { count: 3, p99: expect.any(Number) as unknown } }]);
  await waitUntil('that the dispatcher is gone', async () => (await state()).processes.every(({ app }) => app === 'gateway'));
  expect(new Set((await state()).shards.map(({ status }) => status))).toEqual(new Set(['free']));

  await system.gateways[1]?.signal('SIGKILL');
  await waitUntil('a lost process', async () => (await state()).processes.filter(({ status }) => status === 'lost').length === 1, 60_000);
});
