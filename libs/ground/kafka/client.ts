import type { ConnectionOptions } from 'node:tls';
import kafkajs, { type ISocketFactory, Kafka, logLevel, type LogEntry, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '#ground/config/config';
import type { Logger } from '#ground/telemetry/logger';
import { patchKafkajs } from './wire/patch-kafkajs.js';

/** kafkajs' errors. As named imports they fail in plain Node, which finds only some exports of this CommonJS package. */
export const { KafkaJSProtocolError, KafkaJSNonRetriableError } = kafkajs;

/** How a cluster is reached. */
export interface KafkaConnection extends Pick<KafkaConfig, 'brokers' | 'sasl'> {
  readonly ssl: boolean | ConnectionOptions;
  /** Opens the connections. Default: kafkajs' own. */
  readonly socketFactory?: ISocketFactory;
}

/** A kafkajs client with Lockstep's connection settings and patches (see `patchKafkajs`). It logs to `logger`. */
export function createKafka(config: KafkaConnection, clientId: string, logger: Logger): Kafka {
  patchKafkajs();
  const log = logger.child({ module: 'kafkajs' });
  return new Kafka({
    clientId,
    brokers: [...config.brokers],
    ssl: config.ssl,
    ...(config.sasl === undefined ? {} : { sasl: config.sasl as SASLOptions }),
    ...(config.socketFactory === undefined ? {} : { socketFactory: config.socketFactory }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    // A few quick tries. Our callers decide how long to continue, and log it; kafkajs would be silent for minutes.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.INFO,
    logCreator: () => ({ namespace, level, log: { message, ...fields } }: LogEntry) => {
      log[pinoLevelOf(level)]({ ...fields, timestamp: undefined, logger: undefined, namespace }, message);
    },
  });
}

/** kafkajs reports rebalances and reconnects as errors, but they are normal here. Our callers log what matters. */
function pinoLevelOf(level: logLevel): 'info' | 'debug' {
  return level === logLevel.ERROR ? 'info' : 'debug';
}
