import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { installSchemathesis } from '../fixtures/schemathesis.js';

/** Of data for the same cases in each run. */
const SEED = 1;
/** Far above what all cases take, on a machine with load too. */
const TIMEOUT_MS = 900_000;

const runSchemathesis = await installSchemathesis();
const whereInstalled = runSchemathesis === undefined ? it.skip : it;

let system: SystemUnderTest | undefined;

beforeAll(async () => {
  if (runSchemathesis !== undefined) system = await SystemUnderTest.start(sharedServers(), { env: { LOG_LEVEL: 'silent' } });
});

afterAll(async () => {
  await system?.stop();
});

whereInstalled('has an OpenAPI document to which Schemathesis finds no exception', async () => {
  const { passed, output } = (await runSchemathesis?.(system?.gateways[0]?.url ?? '', ADMIN_KEY, { phases: 'cases', seed: SEED, timeoutMs: TIMEOUT_MS })) ?? { passed: false, output: '' };
  expect(passed ? '' : output).toBe('');
  const [, selected, , tested] = /Selected: (\d+)\/(\d+)\s+Tested: (\d+)/.exec(output) ?? [];
  expect(Number(tested)).toBeGreaterThan(10);
  expect([tested, output.match(/Time limit reached/)]).toEqual([selected, null]);
  expect(await system?.call('GET', '/v1/ledger')).toMatchObject({ balanced: true });
}, TIMEOUT_MS + 30_000);
