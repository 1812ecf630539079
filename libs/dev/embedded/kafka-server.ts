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

// Long, because Kafka recovers its logs after a kill -9. An exit during the start is detected at once.
const readyTimeoutMs = 120_000;

export interface StartKafkaOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly listeners?: readonly ExtraListener[];
  /** Receives warnings and the JVM's output; the complete log is `<dataDir>/server.log`. */
  readonly onLog: (line: string) => void;
  /** Reports the one-time download, which takes a while. */
  readonly onProgress?: (line: string) => void;
  /** Default: the environment of this process. */
  readonly environment?: Environment;
  /** Aborts the download. */
  readonly signal?: AbortSignal;
  /** For tests: starts 0.6 s sooner and uses 2 s less CPU time, at the cost of throughput later. */
  readonly shortLived?: boolean;
}

// Only the JVM's first compiler: the second one pays off only after some seconds of load.
const quickStart = '-XX:TieredStopAtLevel=1';

export interface KafkaServer {
  readonly brokers: string;
  /** Of the JVM. */
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
 * Finds Java, and fetches Kafka unless it is cached. Reports anything missing on the machine before a server starts.
 * @throws EmbeddedError java_missing, maven_missing, kafka_fetch_failed
 */
export async function prepareKafka(options: Pick<StartKafkaOptions, 'environment' | 'onProgress' | 'signal'>): Promise<KafkaProgram> {
  const { environment = process.env, onProgress = () => undefined } = options;
  const java = await findJava(environment);
  return { java, jars: await kafkaJars(environment, onProgress, options.signal) };
}

/**
 * Starts Apache Kafka on 127.0.0.1 (KRaft, one node), and waits until it is ready. The data stays in `dataDir`. The
 * server stops when this process exits for any reason.
 * @throws EmbeddedError java_missing, maven_missing, kafka_fetch_failed, data_folder_in_use, kafka_start_failed
 */
export async function startKafka(options: StartKafkaOptions): Promise<KafkaServer> {
  const { onLog } = options;
  const { java, jars } = await prepareKafka(options);
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const logFolder = join(dataDir, 'log');
  const javaFlags = loggingFlags(dataDir);
  await stopOrphan(dataDir);
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
    await waitUntilReady(guarded, brokers, lastLines, dataDir);
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

/** Stops a broker of an earlier run. Kafka's `.lock` needs no cleanup: the kernel releases it when the process exits. */
async function stopOrphan(dataDir: string): Promise<void> {
  const pid = Number.parseInt(await readFile(join(dataDir, 'server.pid'), 'utf8').catch(() => ''), 10);
  await reclaimDataFolder({
    server: 'Kafka',
    dataDir,
    pid: pid > 0 ? pid : undefined,
    stopSignal: 'SIGTERM',
    isServer: (found) => found.command.includes('kafka.Kafka') && found.command.includes(dataDir),
  });
}

async function waitUntilReady(
  guarded: GuardedProcess,
  brokers: string,
  lastLines: readonly string[],
  dataDir: string,
): Promise<void> {
  let ended: ProcessExit | undefined;
  void guarded.exited.then((exit) => (ended = exit));
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const problem = await checkReadiness(brokers);
    if (problem === undefined) {
      return;
    }
    if (ended !== undefined || performance.now() >= deadline) {
      const what = ended === undefined ? `was not ready after ${readyTimeoutMs / 1000} s` : 'exited during its start';
      throw new EmbeddedError(
        'kafka_start_failed',
        `Kafka ${what}, see ${join(dataDir, 'server.log')}: ${lastLines.at(-1) ?? 'no output'}`,
        { cause: problem },
      );
    }
    await delay(50);
  }
}

/**
 * Returns why Kafka is not ready; undefined when a broker is listed and finds a group's coordinator. Finding it creates
 * the offsets topic at the first start; without that, the first consumers would get errors. An open port is not enough.
 */
async function checkReadiness(brokers: string): Promise<unknown> {
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
