import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startKafka } from '#embedded/kafka-server';
import { startPostgres } from '#embedded/postgres-server';
import { freePort } from './free-port.js';
import type { SharedServers } from './shared-servers.js';

/** A Postgres and a Kafka of a suite's own, in a temporary folder. */
export interface Servers extends SharedServers {
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-e2e-'));
  const [port, brokerPort, controllerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: path.join(folder, 'postgres'), port, onLog: () => undefined, fsync: false }),
    startKafka({ dataDir: path.join(folder, 'kafka'), port: brokerPort, controllerPort, onLog: () => undefined, shortLived: true }),
  ]);
  return {
    databaseUrl: postgres.url,
    kafkaBrokers: kafka.brokers,
    stop: async () => {
      await Promise.all([postgres.stop(), kafka.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
