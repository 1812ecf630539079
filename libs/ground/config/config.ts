import { StartError } from '#ground/process/start-error';
import { environmentSchema, type Environment } from './environment.js';

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly partitions: number;
  /** -1: the broker's default. */
  readonly replicationFactor: number;
  readonly retentionMs: number;
  readonly createTopics: boolean;
  readonly ssl: boolean;
  readonly sasl: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string } | undefined;
}

/** An app's settings. `.env.example` describes the environment variables behind them. */
export interface Config {
  /** Address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Of health and metrics. Undefined: `port` serves them. */
  readonly managementPort: number | undefined;
  readonly databaseUrl: string;
  readonly kafka: KafkaConfig;
  readonly adminKey: string | undefined;
  readonly secretKey: string;
  /** Keys that only open what they encrypted. */
  readonly formerSecretKeys: readonly string[];
  readonly allowPrivateNetworks: readonly string[];
  readonly allowHttp: boolean;
  readonly retryScheduleMs: readonly number[];
  readonly leaseTtlMs: number;
  readonly drainTimeoutMs: number;
  readonly idempotencyRetentionMs: number;
  readonly retentionMs: number;
  readonly auditRetentionMs: number;
  readonly maxBodyBytes: number;
  /** Where others reach the gateways, without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Secrets of the sources that a gateway sets up at its start. */
  readonly stripeWebhookSecret: string | undefined;
  readonly webhookSecret: string | undefined;
  /** Concurrent requests of a dispatcher, beyond the first 8 of each endpoint. */
  readonly deliveryConcurrency: number;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly tracing: {
    /** Of a collector; undefined: no traces. */
    readonly endpoint: string | undefined;
    /** Share of the events that are recorded as traces, from 0 to 1. */
    readonly ratio: number;
  };
}

/** The environment is invalid. `message` has a line for each bad variable and says what is expected. */
export class ConfigError extends StartError {
  constructor(message: string) {
    super('invalid_configuration', message);
  }
}

/**
 * Reads an app's configuration from its environment.
 * @throws ConfigError that names each bad value, each missing variable and each unknown `LOCKSTEP_*` variable.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const values = parseEnvironment(env);
  const required = (name: 'DATABASE_URL' | 'KAFKA_BROKERS' | 'LOCKSTEP_SECRET_KEY', hint: string): string => {
    const value = values[name];
    if (value === undefined) throw new ConfigError(`${name} is not set: ${hint}`);
    return value;
  };
  const start = 'set it, or run `npm start`, which brings its own';
  return {
    host: values.HOST,
    port: values.PORT,
    managementPort: managementPortOf(values, values.PORT),
    databaseUrl: required('DATABASE_URL', start),
    kafka: kafkaConfig(required('KAFKA_BROKERS', start), values),
    adminKey: values.LOCKSTEP_ADMIN_KEY,
    secretKey: required('LOCKSTEP_SECRET_KEY', 'it encrypts stored secrets; make one with `openssl rand -base64 32` and keep it'),
    formerSecretKeys: values.LOCKSTEP_SECRET_KEY_OLD ?? [],
    allowPrivateNetworks: values.LOCKSTEP_ALLOW_PRIVATE_NETWORKS,
    allowHttp: values.LOCKSTEP_ALLOW_HTTP,
    retryScheduleMs: values.LOCKSTEP_RETRY_SCHEDULE,
    leaseTtlMs: values.LOCKSTEP_LEASE_TTL,
    drainTimeoutMs: values.LOCKSTEP_DRAIN_TIMEOUT,
    idempotencyRetentionMs: values.LOCKSTEP_IDEMPOTENCY_RETENTION,
    retentionMs: values.LOCKSTEP_RETENTION,
    auditRetentionMs: values.LOCKSTEP_AUDIT_RETENTION,
    maxBodyBytes: values.LOCKSTEP_MAX_BODY_BYTES,
    publicUrl: values.LOCKSTEP_PUBLIC_URL,
    stripeWebhookSecret: values.STRIPE_WEBHOOK_SECRET,
    webhookSecret: values.WEBHOOKSECRET,
    deliveryConcurrency: values.LOCKSTEP_DELIVERY_CONCURRENCY,
    logLevel: values.LOG_LEVEL,
    tracing: { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: values.LOCKSTEP_TRACE_RATIO },
  };
}

/**
 * Checks and parses the environment. An empty string counts as unset, because compose files produce it.
 * @throws ConfigError
 */
export function parseEnvironment(env: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const unknown = Object.keys(given).filter((name) => name.startsWith('LOCKSTEP_') && !(name in environmentSchema.shape));
  const parsed = environmentSchema.safeParse(given);
  const problems = [
    ...unknown.map((name) => `${name} is not a setting of Lockstep; .env.example lists them all`),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems.join('\n'));
  return parsed.data;
}

/** The host in a URL with which a process on this machine reaches a server that listens on this address. */
export function urlHostOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** PORT, for an app whose default differs from the gateway's. */
export function portOf(env: Record<string, string | undefined>, values: Environment, defaultPort: number): number {
  const given = env['PORT'];
  return given === undefined || given === '' ? defaultPort : values.PORT;
}

/** MANAGEMENT_PORT of an app that listens on `port`. @throws ConfigError when the two are the same */
export function managementPortOf({ MANAGEMENT_PORT: managementPort }: Environment, port: number): number | undefined {
  if (managementPort === port) throw new ConfigError(`MANAGEMENT_PORT is ${port}, as is PORT: health and metrics need a port of their own, or leave MANAGEMENT_PORT unset`);
  return managementPort;
}

/** Settings for these brokers. @throws ConfigError when SASL is set without user name and password */
export function kafkaConfig(brokers: string, values: Environment): KafkaConfig {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = values;
  if (mechanism !== undefined && (username === undefined || password === undefined)) {
    throw new ConfigError('KAFKA_SASL_MECHANISM is set: KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set too');
  }
  return {
    brokers: brokers.split(',').map((broker) => broker.trim()),
    topicPrefix: values.KAFKA_TOPIC_PREFIX,
    partitions: values.KAFKA_PARTITIONS,
    replicationFactor: values.KAFKA_REPLICATION_FACTOR,
    retentionMs: values.KAFKA_RETENTION,
    createTopics: values.KAFKA_CREATE_TOPICS,
    ssl: values.KAFKA_SSL,
    sasl: mechanism === undefined || username === undefined || password === undefined ? undefined : { mechanism, username, password },
  };
}

const SECRET = /KEY|PASSWORD|SECRET|OTLP_HEADERS/;

/** The variables that are set, for a person to read: secrets as `***`, passwords in URLs masked. */
export function maskedSummary(env: Record<string, string | undefined>): Record<string, string> {
  const names = Object.keys(environmentSchema.shape).filter((name) => env[name] !== undefined && env[name] !== '');
  return Object.fromEntries(names.map((name) => [name, SECRET.test(name) ? '***' : maskUrl(env[name] ?? '')]));
}

/** A URL with its password as `***`; any other text unchanged. */
export function maskUrl(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/@]+):[^@/]+@/i, '$1:***@');
}

