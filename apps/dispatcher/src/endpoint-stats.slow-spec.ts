import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(async () => {
  receiver = await Receiver.start();
  system = await SystemUnderTest.start(sharedServers(), { env: { LOCKSTEP_RETRY_SCHEDULE: '100ms' } });
});

afterAll(async () => {
  await system.stop();
  await receiver.stop();
});

interface Stats {
  readonly attempts: unknown;
  readonly deliveries: unknown;
  readonly latencyMs: unknown;
  readonly oldestPendingAt: string | null;
}

it('counts the attempts and deliveries of an endpoint, those of a dispatcher that has stopped included', async () => {
  const endpoint = await system.createEndpoint(receiver.url);
  const stats = (): Promise<Stats> => system.call('GET', `/v1/endpoints/${endpoint}/stats?from=${new Date(Date.now() - 3_600_000).toISOString()}`) as Promise<Stats>;
  receiver.respond = ({ entity }) => (entity === 'failing' ? 500 : 200);
  for (const entity of ['a', 'b', 'a', 'failing']) await system.post(entity, {});
  await waitUntil('everything has ended', async () => (await system.query<{ n: number }>("select count(*)::integer as n from deliveries where status <> 'pending'"))[0]?.n === 4);
  await system.dispatchers[0]?.signal('SIGTERM');
  await system.post('waiting', {});
  expect(await stats()).toMatchObject({
    attempts: { total: 5, succeeded: 3, failed: 2, byStatus: { '2xx': 3, '5xx': 2 } }, deliveries: { delivered: 3, dead: 1, discarded: 0, pending: 0 },
    latencyMs: { p50: expect.any(Number) as unknown, p99: expect.any(Number) as unknown },
  });
  await system.launchDispatcher();
  await system.call('POST', '/v1/dead-letters/discard', { all: true });
  // Of the new dispatcher, while it runs.
  await waitUntil('its numbers are stored', async () => {
    const { deliveries } = (await stats()) as { deliveries: { delivered: number; discarded: number } };
    return deliveries.delivered === 4 && deliveries.discarded === 1;
  }, 60_000);
});
