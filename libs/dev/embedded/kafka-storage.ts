import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.js';

const run = promisify(execFile);

export interface KafkaPorts {
  readonly port: number;
  readonly controllerPort: number;
  /** More listeners, for clients that reach the broker through proxies. */
  readonly listeners?: readonly ExtraListener[];
}

/** A client that connects to `port` gets `advertisedPort` as the broker's address for later connections. */
export interface ExtraListener {
  /** Capital letters and digits; not PLAINTEXT or CONTROLLER. */
  readonly name: string;
  readonly port: number;
  readonly advertisedPort: number;
  /** The only one who may connect, by SASL/PLAIN. Default: everybody may. */
  readonly user?: { readonly name: string; readonly password: string };
}

/** Configures one node as broker and controller, on 127.0.0.1. */
export function serverProperties(logFolder: string, ports: KafkaPorts): string {
  const extra = ports.listeners ?? [];
  const listeners = (portOf: (listener: ExtraListener) => number): string =>
    [
      `PLAINTEXT://127.0.0.1:${ports.port}`,
      `CONTROLLER://127.0.0.1:${ports.controllerPort}`,
      ...extra.map((listener) => `${listener.name}://127.0.0.1:${portOf(listener)}`),
    ].join(',');
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${ports.controllerPort}`,
    listeners: listeners(({ port }) => port),
    'advertised.listeners': listeners(({ advertisedPort }) => advertisedPort),
    'listener.security.protocol.map': ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...extra.map(({ name, user }) => `${name}:${user === undefined ? 'PLAINTEXT' : 'SASL_PLAINTEXT'}`)].join(','),
    ...Object.fromEntries(extra.flatMap(loginOf)),
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logFolder,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    // The product uses 10 s; tests use 3 s, so that a killed member's partitions move during the test.
    'group.min.session.timeout.ms': 1000,
    'auto.create.topics.enable': 'false',
    'message.max.bytes': 8 << 20,
    'replica.fetch.max.bytes': 8 << 20,
    // The default of 128 MB is a third of the heap.
    'log.cleaner.dedupe.buffer.size': 16 << 20,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function loginOf({ name, user }: ExtraListener): (readonly [string, string])[] {
  if (user === undefined) return [];
  const listener = `listener.name.${name.toLowerCase()}`;
  return [[`${listener}.sasl.enabled.mechanisms`, 'PLAIN'], [`${listener}.plain.sasl.jaas.config`, `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user.name}="${user.password}";`]];
}

/** Formats the folder once. The formatted folder is renamed into place, so that an interrupted start leaves no partial one. */
export async function formatOnce(options: {
  java: string;
  jars: string;
  javaFlags: readonly string[];
  dataDir: string;
  logFolder: string;
  ports: KafkaPorts;
}): Promise<void> {
  const { java, jars, dataDir, logFolder } = options;
  if (await hasFile(join(logFolder, 'meta.properties'))) {
    return;
  }
  const unfinished = `${logFolder}.unfinished`;
  const properties = join(dataDir, 'format.properties');
  await rm(unfinished, { recursive: true, force: true });
  await writeFile(properties, serverProperties(unfinished, options.ports));
  // Must not start with a dash, which the tool takes for an option.
  const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
  const args = ['format', '--standalone', '-t', clusterId, '-c', properties];
  try {
    await run(java, [...options.javaFlags, '-cp', `${jars}/*`, 'kafka.tools.StorageTool', ...args]);
  } catch (cause) {
    throw new EmbeddedError('kafka_start_failed', `Kafka's data folder cannot be formatted: ${String(cause)}`, {
      cause,
    });
  }
  await rm(logFolder, { recursive: true, force: true });
  await rename(unfinished, logFolder);
  await rm(properties, { force: true });
}

async function hasFile(path: string): Promise<boolean> {
  return (await readFile(path).catch(() => undefined)) !== undefined;
}
