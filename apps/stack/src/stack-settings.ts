import path from 'node:path';
import { ConfigError, parseEnvironment } from '#ground/config/config';
import { projectRoot } from '#ground/config/project-root';

export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** What `npm start` itself needs to know; everything else reaches the apps through their environment. */
export interface StackSettings {
  /** Gateway i listens on port + i; 0: any free ones. */
  readonly host: string;
  readonly port: number;
  readonly gateways: number;
  readonly dispatchers: number;
  readonly demo: boolean;
  readonly dataDir: string;
  /** Undefined: the embedded server is started. */
  readonly databaseUrl: string | undefined;
  readonly kafkaBrokers: string | undefined;
  /** Undefined: made and kept in the data folder. */
  readonly adminKey: string | undefined;
  /** The same; given when the database is. */
  readonly secretKey: string | undefined;
  readonly environment: EnvironmentVariables;
}

/** @throws ConfigError naming each bad value and each unknown `LOCKSTEP_*` name, also those that only the apps read */
export function readStackSettings(environment: EnvironmentVariables): StackSettings {
  const values = parseEnvironment(environment);
  if (values.DATABASE_URL !== undefined && values.LOCKSTEP_SECRET_KEY === undefined) {
    throw new ConfigError('LOCKSTEP_SECRET_KEY is not set, but DATABASE_URL is: the secrets in that database outlive this data folder. Make a key with `openssl rand -base64 32` and keep it');
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

/** Where the apps that run on their own keep their data, beside the stack's. */
export const PROXY_DATA_FOLDER = '.lockstep-proxy';
export const ORDERS_DATA_FOLDER = '.lockstep-orders';

/** All data folders of this installation: the one that is named, or else the stack's and the single apps' own. @throws ConfigError */
export function dataFolders(environment: EnvironmentVariables): string[] {
  const { dataDir } = readStackSettings(environment);
  const given = environment['LOCKSTEP_DATA_DIR'];
  if (given !== undefined && given !== '') return [dataDir];
  return [dataDir, ...[PROXY_DATA_FOLDER, ORDERS_DATA_FOLDER].map((folder) => path.resolve(projectRoot(), folder))];
}

/**
 * The settings of an app that runs on its own, with a data folder of its own unless one is given: a stack may run beside it.
 * @throws ConfigError as above
 */
export function readSingleAppSettings(environment: EnvironmentVariables, port: number, dataFolder: string): StackSettings {
  const values = parseEnvironment(environment);
  const given = environment['LOCKSTEP_DATA_DIR'];
  return {
    host: values.HOST,
    port,
    gateways: 0,
    dispatchers: 0,
    demo: false,
    dataDir: path.resolve(projectRoot(), given === undefined || given === '' ? dataFolder : given),
    databaseUrl: values.DATABASE_URL,
    kafkaBrokers: values.KAFKA_BROKERS,
    adminKey: values.LOCKSTEP_ADMIN_KEY,
    secretKey: values.LOCKSTEP_SECRET_KEY,
    environment,
  };
}

// Deliveries to receivers on this machine, the demo's among them. Only here: an app on its own refuses them.
const loopbackNetworks = '127.0.0.0/8,::1/128';

export interface StackConnections {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
  readonly adminKey: string;
  readonly secretKey: string;
}

/** The environment of every app of the stack, without its own PORT. */
export function appEnvironment(settings: StackSettings, connections: StackConnections): Record<string, string | undefined> {
  const networks = settings.environment['LOCKSTEP_ALLOW_PRIVATE_NETWORKS'];
  return {
    ...settings.environment,
    NODE_ENV: 'production',
    DATABASE_URL: connections.databaseUrl,
    KAFKA_BROKERS: connections.kafkaBrokers,
    LOCKSTEP_ADMIN_KEY: connections.adminKey,
    LOCKSTEP_SECRET_KEY: connections.secretKey,
    LOCKSTEP_ALLOW_PRIVATE_NETWORKS: networks === undefined || networks === '' ? loopbackNetworks : networks,
  };
}
