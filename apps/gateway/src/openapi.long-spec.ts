import { randomInt } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { startServers } from '#dev/testing/servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { installSchemathesis } from '../fixtures/schemathesis.js';

/** Another one in each run: the output names it. */
const SEED = randomInt(1_000_000);
const SECONDS = 300;
/** It ends a request under way, and shrinks what it found. */
const TIMEOUT_MS = 600_000;

const runSchemathesis = await installSchemathesis();
const whereInstalled = runSchemathesis === undefined ? it.skip : it;

whereInstalled('has an OpenAPI document to which Schemathesis finds no exception with random requests', async () => {
  const servers = await startServers();
  const system = await SystemUnderTest.start(servers, { env: { LOG_LEVEL: 'silent' } });
  try {
    const { passed, output } = (await runSchemathesis?.(system.gateways[0]?.url ?? '', ADMIN_KEY, { phases: 'random', seed: SEED, seconds: SECONDS, timeoutMs: TIMEOUT_MS })) ?? { passed: false, output: '' };
    expect(passed ? '' : output).toBe('');
    expect(output).toMatch(/Tested: \d{2}/);
    expect(await system.call('GET', '/v1/ledger')).toMatchObject({ balanced: true });
  } finally {
    await system.stop();
    await servers.stop();
  }
}, TIMEOUT_MS + 60_000);
