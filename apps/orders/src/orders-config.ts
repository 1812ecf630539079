import { type Config, ConfigError, kafkaConfig, managementPortOf, parseEnvironment, portOf } from '#ground/config/config';

/** The configuration of the orders app. `.env.example` lists the environment variables. */
export interface OrdersConfig extends Pick<Config, 'host' | 'port' | 'managementPort' | 'databaseUrl' | 'kafka' | 'drainTimeoutMs' | 'idempotencyRetentionMs' | 'maxBodyBytes' | 'logLevel'> {
  /** For handlers without a transaction, which the example does not have. */
  readonly idempotencyLeaseMs: number;
}

/** Next to the ports of gateway and proxy. */
const DEFAULT_PORT = 8082;

/**
 * The orders app's configuration from its environment.
 * @throws ConfigError naming each bad value, each missing variable and each `LOCKSTEP_*` name that does not exist.
 */
export function loadOrdersConfig(env: Record<string, string | undefined>): OrdersConfig {
  const values = parseEnvironment(env);
  const required = (name: 'DATABASE_URL' | 'KAFKA_BROKERS'): string => {
    const value = values[name];
    if (value === undefined) throw new ConfigError(`${name} is not set: set it, or run \`npm run start:orders\`, which brings its own`);
    return value;
  };
  const port = portOf(env, values, DEFAULT_PORT);
  return {
    host: values.HOST,
    port,
    managementPort: managementPortOf(values, port),
    databaseUrl: required('DATABASE_URL'),
    kafka: kafkaConfig(required('KAFKA_BROKERS'), values),
    drainTimeoutMs: values.LOCKSTEP_DRAIN_TIMEOUT,
    idempotencyLeaseMs: values.LOCKSTEP_IDEMPOTENCY_LEASE,
    idempotencyRetentionMs: values.LOCKSTEP_IDEMPOTENCY_RETENTION,
    maxBodyBytes: values.LOCKSTEP_MAX_BODY_BYTES,
    logLevel: values.LOG_LEVEL,
  };
}
