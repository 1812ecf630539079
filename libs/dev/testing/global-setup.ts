import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SharedServers } from './shared-servers.js';

declare global {
  /** The process that runs the shared servers, for global-teardown.ts. */
  var lockstepSharedServers: ChildProcess | undefined;
}

/**
 * Starts one Postgres and one Kafka for all suites of the run; DATABASE_URL and KAFKA_BROKERS are used instead when
 * set. They run in a process of their own, because jest loads this file without its transform and conditions.
 */
export default async function startSharedServers(): Promise<void> {
  const entry = fileURLToPath(new URL('./shared-servers-process.ts', import.meta.url));
  const owner = spawn(process.execPath, ['--conditions=source', '--import', '@swc-node/register/esm-register', entry], {
    // A session of its own: Ctrl-C reaches jest alone, and the servers stop when jest's channel closes.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  globalThis.lockstepSharedServers = owner;
  const started = await Promise.race([once(owner, 'message'), once(owner, 'exit').then(() => undefined)]);
  if (started === undefined) {
    throw new Error('The shared servers did not start; the reason is above');
  }
  const servers = started[0] as SharedServers;
  process.env['LOCKSTEP_TEST_DATABASE_URL'] = servers.databaseUrl;
  process.env['LOCKSTEP_TEST_KAFKA_BROKERS'] = servers.kafkaBrokers;
}
