/** Runs the servers that all suites of a test run share, until its parent process closes the channel or dies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startKafka } from '#dev/embedded/kafka-server';
import { startPostgres } from '#dev/embedded/postgres-server';
import { freePort } from './free-port.js';
import type { SharedServers } from './shared-servers.js';

interface Running {
  readonly address: string;
  stop(): Promise<void>;
}

const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-test-'));
const given = (address: string): Running => ({ address, stop: () => Promise.resolve() });

async function postgres(): Promise<Running> {
  const url = process.env['DATABASE_URL'];
  if (url !== undefined && url !== '') {
    return given(url);
  }
  const server = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort(), onLog: () => undefined, fsync: false });
  return { address: server.url, stop: () => server.stop() };
}

async function kafka(): Promise<Running> {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers !== undefined && brokers !== '') {
    return given(brokers);
  }
  const [port, controllerPort] = await Promise.all([freePort(), freePort()]);
  const server = await startKafka({
    dataDir: path.join(folder, 'kafka'),
    port,
    controllerPort,
    onLog: () => undefined,
    onProgress: (line) => console.log(line),
    shortLived: true,
  });
  return { address: server.brokers, stop: () => server.stop() };
}

const closed = new Promise<void>((resolve) => {
  process.once('disconnect', resolve);
  process.once('SIGTERM', resolve);
});
const attempts = await Promise.allSettled([postgres(), kafka()]);
const [database, broker] = attempts.map((attempt) => (attempt.status === 'fulfilled' ? attempt.value : undefined));
for (const attempt of attempts) {
  if (attempt.status === 'rejected') {
    console.error(attempt.reason instanceof Error ? attempt.reason.message : attempt.reason);
    process.exitCode = 1;
  }
}
if (database !== undefined && broker !== undefined && process.connected) {
  process.send?.({ databaseUrl: database.address, kafkaBrokers: broker.address } satisfies SharedServers);
  await closed;
}
await Promise.all([database?.stop(), broker?.stop()]);
await rm(folder, { recursive: true, force: true });
if (process.connected) {
  process.disconnect();
}
