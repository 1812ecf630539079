import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const LARGE = { LOCKSTEP_MAX_BODY_BYTES: '3000000' };
const UNCHANGED_TOPICS = { ...LARGE, KAFKA_CREATE_TOPICS: 'false' };

let receiver: Receiver;
let system: SystemUnderTest;

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async () => {
  await system.stop();
  await receiver.stop();
});

it('with topics that were made for smaller bodies, processes that may not change them refuse to start, and others raise the limit: a large event passes', async () => {
  system = await SystemUnderTest.start(sharedServers());
  await system.createEndpoint(receiver.url);
  for (const refused of [await system.launchGateway(UNCHANGED_TOPICS), await system.launchDispatcher(UNCHANGED_TOPICS)]) {
    await waitUntil('the refusal', () => !refused.running, 30_000);
    expect(refused.exitCode).toBe(1);
    expect(refused.lastOutput).toContain(`--alter --topic ${system.topicPrefix}events --add-config max.message.bytes=3065536`);
  }

  const dispatcher = await system.launchDispatcher(LARGE);
  const gateway = await system.launchGateway(LARGE);
  await Promise.all([dispatcher.ready(), gateway.ready()]);
  const { id } = await system.post('customer-1', 'x'.repeat(2_900_000), system.gateways.indexOf(gateway));
  await system.post('customer-1', 'the next one', system.gateways.indexOf(gateway));
  await waitUntil('both events', () => receiver.delivered.size === 2, 30_000);
  expect(receiver.arrivals[0]?.eventId).toBe(id);
});
