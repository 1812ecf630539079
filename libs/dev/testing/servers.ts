import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type KafkaServer, startKafka, type StartKafkaOptions } from '#dev/embedded/kafka-server';
import { type PostgresServer, startPostgres } from '#dev/embedded/postgres-server';
import { freePort } from './free-port.js';
import type { SharedServers } from './shared-servers.js';

/** A Postgres and a Kafka for one suite, in a temporary folder. */
export interface Servers extends SharedServers {
  readonly postgres: Outage;
  readonly kafka: Outage;
  stop(): Promise<void>;
}

/** Stops a server, and starts it again with its data at the same address. */
export interface Outage {
  /** SIGKILL. */
  kill(): Promise<void>;
  /** An orderly shutdown, as by an operator. */
  shutDown(): Promise<void>;
  start(): Promise<void>;
}

type Server = PostgresServer | KafkaServer;

export interface ServersOptions {
  /** Gets each log line of the servers. */
  readonly onLog?: (server: 'postgres' | 'kafka', line: string) => void;
  readonly kafkaListeners?: StartKafkaOptions['listeners'];
}

export async function startServers({ onLog = () => undefined, kafkaListeners = [] }: ServersOptions = {}): Promise<Servers> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-e2e-'));
  const [port, brokerPort, controllerPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const starts = [
    restartable(() => startPostgres({ dataDir: path.join(folder, 'postgres'), port, onLog: (line) => onLog('postgres', line), fsync: false })),
    restartable(() =>
      startKafka({ dataDir: path.join(folder, 'kafka'), port: brokerPort, controllerPort, listeners: kafkaListeners, onLog: (line) => onLog('kafka', line), shortLived: true }),
    ),
  ] as const;
  const stopAll = (): Promise<unknown> => Promise.all(starts.map((start) => start.then((server) => server.stop(), () => undefined)));
  try {
    const [postgres, kafka] = await Promise.all(starts);
    return {
      databaseUrl: postgres.first.url,
      kafkaBrokers: kafka.first.brokers,
      postgres,
      kafka,
      stop: async () => {
        await stopAll();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    // One of the two may run. The folder is kept, because the error names a log in it.
    await stopAll();
    throw error;
  }
}

/** Only a Postgres, for apps that need no Kafka. */
export async function startDatabase(): Promise<Pick<Servers, 'databaseUrl' | 'postgres' | 'stop'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-e2e-'));
  const port = await freePort();
  const postgres = await restartable(() => startPostgres({ dataDir: path.join(folder, 'postgres'), port, onLog: () => undefined, fsync: false }));
  return {
    databaseUrl: postgres.first.url,
    postgres,
    stop: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function restartable<S extends Server>(start: () => Promise<S>): Promise<Outage & { readonly first: S; stop(): Promise<void> }> {
  const first = await start();
  let server = first;
  return {
    first,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    shutDown: () => server.stop(),
    start: async () => {
      server = await start();
    },
    stop: () => server.stop(),
  };
}
