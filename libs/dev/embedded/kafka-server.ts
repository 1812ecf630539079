import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { projectRoot } from '#ground/config/project-root';
import { fixRequestQueueTimer } from '#ground/kafka/wire/request-queue-timer';
import { EmbeddedError } from './embedded-error.js';
import { type GuardedProcess, type ProcessExit, startGuarded } from './guarded-process.js';
import { type Environment, findJava } from './java.js';
import { kafkaJars } from './kafka-jars.js';
import { type ExtraListener, formatOnce, serverProperties } from './kafka-storage.js';
import { withDeathSignal } from './launch.js';
import { reclaimDataFolder } from './reclaim.js';

// Long, because after a kill -9 it recovers its logs first; a broker that ends is noticed at once.
const readyTimeoutMs = 120_000;

export interface StartKafkaOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly listeners?: readonly ExtraListener[];
  /** Warnings and what the JVM prints; the whole log is in `<dataDir>/server.log`. */
  readonly onLog: (line: string) => void;
  /** The one-time download, which takes a while. */
  readonly onProgress?: (line: string) => void;
  /** Where PATH and JAVA_HOME are looked up; this process's own by default. */
  readonly environment?: Environment;
  /** Cuts the download short. */
  readonly signal?: AbortSignal;
  /** For tests: up 0.6 s sooner with 2 s less of a core, at the price of throughput later. */
  readonly shortLived?: boolean;
}

// The JVM's first compiler only: the second one's work pays after some seconds under load.
const quickStart = '-XX:TieredStopAtLevel=1';

export interface KafkaServer {
  readonly brokers: string;
  /** The JVM's. */
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  stop(): Promise<void>;
}

export interface KafkaProgram {
  readonly java: string;
  /** The folder with Kafka's jars. */
  readonly jars: string;
}

/**
 * Finds Java and fetches Kafka when it is not cached: all that can be missing on a machine, before anything is started.
 * @throws EmbeddedError java_missing, maven_missing, kafka_fetch_failed
 */
export async function prepareKafka(options: Pick<StartKafkaOptions, 'environment' | 'onProgress' | 'signal'>): Promise<KafkaProgram> {
  const { environment = process.env, onProgress = () => undefined } = options;
  const java = await findJava(environment);
  return { java, jars: await kafkaJars(environment, onProgress, options.signal) };
}

/**
 * A real Apache Kafka on 127.0.0.1 (KRaft, one node), ready: a metadata request was answered. The data stays in
 * `dataDir`. It is stopped when this process ends in whatever way.
 * @throws EmbeddedError java_missing, maven_missing, kafka_fetch_failed, data_folder_in_use, kafka_start_failed
 */
export async function startKafka(options: StartKafkaOptions): Promise<KafkaServer> {
  const { onLog } = options;
  const { java, jars } = await prepareKafka(options);
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const logFolder = join(dataDir, 'log');
  const javaFlags = loggingFlags(dataDir);
  await stopLeftover(dataDir);
  await formatOnce({ java, jars, javaFlags: [quickStart, ...javaFlags], dataDir, logFolder, ports: options });
  const properties = join(dataDir, 'server.properties');
  await writeFile(properties, serverProperties(logFolder, options));
  const heapFlags = ['-Xms128m', '-Xmx384m', '-XX:+ExitOnOutOfMemoryError', ...(options.shortLived === true ? [quickStart] : [])];
  const launch = await withDeathSignal(java, [...heapFlags, ...javaFlags, '-cp', `${jars}/*`, 'kafka.Kafka', properties], 'SIGTERM');
  const lastLines: string[] = [];
  const guarded = await startGuarded({ ...launch, stopSignal: 'SIGTERM', graceMs: 10_000 }, (line) => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - 12);
    onLog(line);
  });
  await writeFile(join(dataDir, 'server.pid'), `${guarded.pid}\n`);
  const brokers = `127.0.0.1:${options.port}`;
  try {
    await whenReady(guarded, brokers, lastLines, dataDir);
  } catch (error) {
    await guarded.stop();
    throw error;
  }
  return {
    brokers,
    pid: guarded.pid,
    exited: guarded.exited,
    stop: async () => {
      await guarded.stop();
    },
  };
}

function loggingFlags(dataDir: string): string[] {
  const configuration = join(projectRoot(), 'libs', 'dev', 'embedded', 'kafka', 'log4j2.properties');
  return [`-Dlog4j2.configurationFile=${configuration}`, `-Dlockstep.kafka.log=${join(dataDir, 'server.log')}`];
}

/** Kafka's `.lock` is a lock of the kernel's, gone with its process: only a living broker has to be dealt with. */
async function stopLeftover(dataDir: string): Promise<void> {
  const pid = Number.parseInt(await readFile(join(dataDir, 'server.pid'), 'utf8').catch(() => ''), 10);
  await reclaimDataFolder({
    server: 'Kafka',
    dataDir,
    pid: pid > 0 ? pid : undefined,
    stopSignal: 'SIGTERM',
    isServer: (found) => found.command.includes('kafka.Kafka') && found.command.includes(dataDir),
  });
}

async function whenReady(
  guarded: GuardedProcess,
  brokers: string,
  lastLines: readonly string[],
  dataDir: string,
): Promise<void> {
  let ended: ProcessExit | undefined;
  void guarded.exited.then((exit) => (ended = exit));
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const refusal = await askForService(brokers);
    if (refusal === undefined) {
      return;
    }
    if (ended !== undefined || performance.now() >= deadline) {
      const why = ended === undefined ? `not ready after ${readyTimeoutMs / 1000} s` : 'ended';
      throw new EmbeddedError(
        'kafka_start_failed',
        `Kafka ${why} at its start, see ${join(dataDir, 'server.log')}: ${lastLines.at(-1) ?? 'no output'}`,
        { cause: refusal },
      );
    }
    await delay(50);
  }
}

/**
 * Why it can't be used yet, or undefined once a broker is listed and finds a group's coordinator: that makes the offsets
 * topic at the first start, for which the first consumers would otherwise wait with errors. An open port means nothing.
 */
async function askForService(brokers: string): Promise<unknown> {
  fixRequestQueueTimer();
  const kafka = new Kafka({
    clientId: 'lockstep-embedded',
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    requestTimeout: 3000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) return 'no broker registered';
    await admin.fetchOffsets({ groupId: 'lockstep-embedded' });
    return undefined;
  } catch (error) {
    return error ?? 'no answer';
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
