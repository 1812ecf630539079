import { expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { startServers } from '#dev/testing/servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const JOB_MS = 45_000;

it('waits 45 s for an answer, through many lease renewals, and sends nothing twice', async () => {
  const servers = await startServers();
  const receiver = await Receiver.start();
  const system = await SystemUnderTest.start(servers);
  try {
    await system.createEndpoint(receiver.url, { timeoutMs: 60_000 });
    const started = Promise.withResolvers<undefined>();
    const done = new Promise((resolve) => void started.promise.then(() => setTimeout(resolve, JOB_MS)));
    receiver.respond = async ({ entity }) => {
      if (entity !== 'slow') return 200;
      started.resolve(undefined);
      await done;
      return 200;
    };
    const slow = await system.post('slow', { job: 1 });
    const next = await system.post('slow', { job: 2 });
    const quick = await system.post('quick', { job: 3 });
    await waitUntil('the quick one', () => receiver.delivered.has(quick.id));
    // Their shards are taken one after the other: the quick one may well be first.
    await started.promise;
    expect(receiver.delivered.has(slow.id)).toBe(false);
    await waitUntil('the slow one and what followed it', () => receiver.delivered.has(slow.id) && receiver.delivered.has(next.id), JOB_MS + 20_000);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    expect(receiver.arrivals).toHaveLength(3);
  } finally {
    await system.stop();
    await receiver.stop();
    await servers.stop();
  }
}, 120_000);
