import path from 'node:path';
import { ConfigError, parseEnvironment } from '#ground/config/config';
import { projectRoot } from '#ground/config/project-root';

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The settings of `npm start` itself. The apps read the others from their environment. */
export interface StackSettings {
  readonly host: string;
  /** Gateway i listens on port + i; with 0, on any free port. */
  readonly port: number;
  readonly gateways: number;
  readonly dispatchers: number;
  readonly demo: boolean;
  readonly dataDir: string;
  /** Undefined: an embedded server starts. */
  readonly databaseUrl: string | undefined;
  readonly kafkaBrokers: string | undefined;
  /** Undefined: generated and stored in the data folder. */
  readonly adminKey: string | undefined;
  /** As `adminKey`, but always set if `databaseUrl` is. */
  readonly secretKey: string | undefined;
  readonly environment: EnvironmentVariables;
}

/** @throws ConfigError that names each invalid value and each unknown `LOCKSTEP_*` name, including those of the apps */
export function readStackSettings(environment: EnvironmentVariables): StackSettings {
  const values = parseEnvironment(environment);
  if (values.DATABASE_URL !== undefined && values.LOCKSTEP_SECRET_KEY === undefined) {
    throw new ConfigError('LOCKSTEP_SECRET_KEY is not set, but DATABASE_URL is: the secrets in that database outlive this data folder. Generate a key with `openssl rand -base64 32` and keep it');
  }
  return {
    host: values.HOST,
    port: values.PORT,
    gateways: values.LOCKSTEP_GATEWAYS,
    dispatchers: values.LOCKSTEP_DISPATCHERS,
    demo: values.LOCKSTEP_DEMO === 'on',
    dataDir: path.resolve(projectRoot(), values.LOCKSTEP_DATA_DIR),
    databaseUrl: values.DATABASE_URL,
    kafkaBrokers: values.KAFKA_BROKERS,
    adminKey: values.LOCKSTEP_ADMIN_KEY,
    secretKey: values.LOCKSTEP_SECRET_KEY,
    environment,
  };
}

/** Data folders of single apps, which may run at the same time as a stack. */
export const PROXY_DATA_FOLDER = '.lockstep-proxy';
export const ORDERS_DATA_FOLDER = '.lockstep-orders';

/** All data folders: only LOCKSTEP_DATA_DIR if it is set, else those of the stack and of the single apps. @throws ConfigError */
export function dataFolders(environment: EnvironmentVariables): string[] {
  const { dataDir } = readStackSettings(environment);
  const configured = environment['LOCKSTEP_DATA_DIR'];
  if (configured !== undefined && configured !== '') return [dataDir];
  return [dataDir, ...[PROXY_DATA_FOLDER, ORDERS_DATA_FOLDER].map((folder) => path.resolve(projectRoot(), folder))];
}

/**
 * The settings of a single app. Its default data folder is not the stack's, because a stack may run at the same time.
 * @throws ConfigError as `readStackSettings`
 */
export function readSingleAppSettings(environment: EnvironmentVariables, port: number, dataFolder: string): StackSettings {
  const values = parseEnvironment(environment);
  const configured = environment['LOCKSTEP_DATA_DIR'];
  return {
    host: values.HOST,
    port,
    gateways: 0,
    dispatchers: 0,
    demo: false,
    dataDir: path.resolve(projectRoot(), configured === undefined || configured === '' ? dataFolder : configured),
    databaseUrl: values.DATABASE_URL,
    kafkaBrokers: values.KAFKA_BROKERS,
    adminKey: values.LOCKSTEP_ADMIN_KEY,
    secretKey: values.LOCKSTEP_SECRET_KEY,
    environment,
  };
}

// Allows deliveries to receivers on this machine, such as the demo's. An app outside a stack rejects them by default.
const loopbackNetworks = '127.0.0.0/8,::1/128';

export interface StackConnections {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
  readonly adminKey: string;
  readonly secretKey: string;
}

/** The environment of every app of the stack, except PORT. Without MANAGEMENT_PORT: only one of the apps could bind it. */
export function appEnvironment(settings: StackSettings, connections: StackConnections): Record<string, string | undefined> {
  const networks = settings.environment['LOCKSTEP_ALLOW_PRIVATE_NETWORKS'];
  return {
    ...settings.environment,
    NODE_ENV: 'production',
    MANAGEMENT_PORT: undefined,
    DATABASE_URL: connections.databaseUrl,
    KAFKA_BROKERS: connections.kafkaBrokers,
    LOCKSTEP_ADMIN_KEY: connections.adminKey,
    LOCKSTEP_SECRET_KEY: connections.secretKey,
    LOCKSTEP_ALLOW_PRIVATE_NETWORKS: networks === undefined || networks === '' ? loopbackNetworks : networks,
  };
}
