import { type Config, ConfigError } from '#ground/config/config';
import { createLogger, type Logger } from '#ground/telemetry/logger';
import { startDefaultMetrics } from '#ground/telemetry/metrics';

/** After the drain time: to say how things stand and to give back leases and connections, also where Postgres or Kafka do not answer any more. */
const GOODBYE_MS = 2_500;

/** What every app is to its process. */
export interface App {
  /** Rejects with an AbortError when it is stopped meanwhile. */
  start(host: string, port: number): Promise<unknown>;
  stop(): Promise<void>;
}

export interface AppContext<AppConfig> {
  readonly config: AppConfig;
  readonly logger: Logger;
  /** The app can't go on: ends the process, so that a new one starts clean. */
  readonly onFatal: (error: Error) => void;
}

export interface AppDefinition<AppConfig> {
  readonly name: string;
  readonly load: (env: Record<string, string | undefined>) => AppConfig;
  readonly create: (context: AppContext<AppConfig>) => App;
  /** From SIGTERM to exit, whatever Postgres and Kafka do. Default: the drain time and 2.5 s. */
  readonly stopLimitMs?: number;
}

/**
 * As `runApp`, for an app that is not built by Nest yet.
 *
 * An app's process from its configuration to its exit: starts it, stops it on SIGTERM and SIGINT, and ends with 0 when
 * that was in time. With 1 when the configuration is not valid, the app can't start or can't go on, or stopping takes too
 * long: what isn't committed by then is done again, or was not answered.
 */
export async function runCreatedApp<AppConfig extends Pick<Config, 'host' | 'port' | 'logLevel' | 'drainTimeoutMs'>>({ name, load, create, stopLimitMs }: AppDefinition<AppConfig>): Promise<void> {
  const config = configOrExit(load);
  const logger = createLogger(name, config.logLevel);
  const app = create({
    config,
    logger,
    onFatal: (error) => {
      logger.fatal({ err: error }, 'The process can not go on');
      process.exit(1);
    },
  });
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info({ signal }, 'Stopping');
    setTimeout(() => fail(new Error('Stopping took too long')), stopLimitMs ?? config.drainTimeoutMs + GOODBYE_MS).unref();
    try {
      await app.stop();
      process.exit(0);
    } catch (error) {
      fail(error);
    }
  };

  startDefaultMetrics();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
  try {
    await app.start(config.host, config.port);
  } catch (error) {
    // Stopped while it was still waiting for Postgres: not a failure.
    if (!(error instanceof Error && error.name === 'AbortError')) fail(error);
  }
}

/** The process's configuration; when it is not valid, says what is wrong with it and ends the process. */
function configOrExit<AppConfig>(load: (env: Record<string, string | undefined>) => AppConfig): AppConfig {
  try {
    return load(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error);
  }
}

/** One clear message, for a person; then the end. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
