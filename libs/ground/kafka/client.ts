import kafkajs, { Kafka, logLevel, type LogEntry, type SASLOptions } from 'kafkajs';
import type { KafkaConfig } from '#ground/config/config';
import type { Logger } from '#ground/telemetry/logger';
import { patchKafkajs } from './wire/patch-kafkajs.js';

/** kafkajs' errors. Plain Node finds only a few named exports of this CommonJS package, so they are taken from here. */
export const { KafkaJSProtocolError, KafkaJSNonRetriableError } = kafkajs;

/** A kafkajs client with Lockstep's connection settings; its log lines go to `logger`. */
export function createKafka(config: KafkaConfig, clientId: string, logger: Logger): Kafka {
  patchKafkajs();
  const log = logger.child({ module: 'kafkajs' });
  return new Kafka({
    clientId,
    brokers: [...config.brokers],
    ssl: config.ssl,
    ...(config.sasl === undefined ? {} : { sasl: config.sasl as SASLOptions }),
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    // Ours decide how long to go on: a request that fails is worth a few quick tries, not minutes of silence.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    logLevel: logLevel.INFO,
    logCreator: () => ({ namespace, level, log: { message, ...fields } }: LogEntry) => {
      log[pinoLevelOf(level)]({ ...fields, timestamp: undefined, logger: undefined, namespace }, message);
    },
  });
}

/** Rebalances and reconnects are everyday events here, which kafkajs reports as errors; the caller logs what matters. */
function pinoLevelOf(level: logLevel): 'info' | 'debug' {
  return level === logLevel.ERROR ? 'info' : 'debug';
}
