import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '#ground/postgres/migrate';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { allArrived, entitiesOn, findingsUnderLoad, SteadyLoad } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { buildPreviousRelease, hasPreviousRelease } from '../fixtures/previous-release.js';

const SHARDS = 4;
/** Of each phase. */
const EVENTS = 100;

const describeIfThere = (await hasPreviousRelease()) ? describe : describe.skip;

describeIfThere('a rolling update from the release before', () => {
  let before: Awaited<ReturnType<typeof buildPreviousRelease>>;
  let receiver: Receiver;
  let system: SystemUnderTest;

  beforeAll(async () => {
    [before, receiver] = await Promise.all([buildPreviousRelease(), Receiver.start()]);
    system = await SystemUnderTest.start(sharedServers(), { dispatchers: 2, release: before.folder, env: { KAFKA_PARTITIONS: String(SHARDS) } });
  }, 180_000);

  afterAll(async () => {
    await system.stop();
    await Promise.all([receiver.stop(), before.dispose()]);
  });

  it('loses nothing, keeps the order, and leaves the books balanced, whichever release does what', async () => {
    await system.createEndpoint(receiver.url);
    const load = SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 4), intervalMs: 20 });
    const next = async (phase: string): Promise<void> => {
      const { length } = load.posted;
      await waitUntil(`posts to ${phase}`, () => load.posted.length >= length + EVENTS, 60_000);
    };
    await next('the old release alone');

    await migrate(system.databaseUrl);
    await next('the old release with the new schema');
    const [oldGateway, ...oldDispatchers] = [...system.gateways, ...system.dispatchers];

    for (const old of oldDispatchers) {
      await (await system.launchDispatcher()).ready();
      await next('dispatchers of both releases');
      expect(await old.signal('SIGTERM')).toBe(0);
    }
    await next('new dispatchers and an old gateway');
    await (await system.launchGateway()).ready();
    await next('gateways of both releases');
    expect(await oldGateway?.signal('SIGTERM')).toBe(0);
    await next('the new release alone');

    const posted = await load.stop();
    await allArrived(receiver, posted);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    expect(await system.call('GET', '/v1/ledger', undefined, 1)).toMatchObject({ balanced: true });
  }, 300_000);

  it('refuses an old process that starts on the new schema', async () => {
    const old = await system.launchDispatcher({}, before.folder);
    await waitUntil('its end', () => !old.running, 60_000);
    expect(old.exitCode).not.toBe(0);
    expect(old.lastOutput).toMatch(/The database has migrations that this release does not know/);
  }, 90_000);
});
