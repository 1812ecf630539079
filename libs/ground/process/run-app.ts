import type { Type } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, type HttpAppOptions } from '#ground/http/http-app';
import { type OpenApiOptions, serveOpenApi } from '#ground/http/openapi';
import { createLogger } from '#ground/telemetry/logger';
import { startDefaultMetrics } from '#ground/telemetry/metrics';
import { Lifetime } from './lifetime.js';
import type { ProcessConfig, ProcessContext } from './process-context.js';
import { ProcessModule } from './process.module.js';
import { StartError } from './start-error.js';

/**
 * After the drain time, for releasing leases and closing connections, even if Postgres, Kafka and the collector of traces do not
 * answer: the last samples take up to 0.5 s, traces 0.5 s, and pools 1 s, one after the other.
 */
const CLOSING_MS = 2_500;

/** An app for `runApp`. */
export interface AppDefinition<AppConfig> {
  readonly name: string;
  readonly load: (env: Record<string, string | undefined>) => AppConfig;
  /** The root module. One of its providers is the app's lifecycle class. */
  readonly module: Type;
  readonly http?: (config: AppConfig) => Partial<HttpAppOptions>;
  /** Serves an OpenAPI document. */
  readonly openApi?: OpenApiOptions;
  /** A provider of the root module that calls the app's `@EventPattern` handlers. */
  readonly transport?: Type<CustomTransportStrategy>;
  /** Longest time from SIGTERM to exit, in milliseconds. Default: the drain time plus 2.5 s. */
  readonly stopLimitMs?: number;
}

/** Creates the app. `listen()` starts it in the background, `close()` stops it, and its `Lifetime` has its state. */
export async function createApp<AppConfig extends ProcessConfig>(
  { module, http, openApi, transport }: Omit<AppDefinition<AppConfig>, 'name' | 'load'>,
  context: ProcessContext<AppConfig>,
  onFrameworkError: () => void = () => undefined,
): Promise<NestFastifyApplication> {
  const { config, logger } = context;
  const { host, managementPort, maxBodyBytes } = config;
  const management = managementPort === undefined ? undefined : { host, port: managementPort };
  const app = await createHttpApp({ module, imports: [ProcessModule.of(context)] }, { logger, maxBodyBytes, management, onFrameworkError, ...http?.(config) });
  if (transport !== undefined) {
    app.connectMicroservice({ strategy: app.get(transport) });
    await app.startAllMicroservices();
  }
  if (openApi !== undefined) serveOpenApi(app, openApi);
  return app;
}

/**
 * Runs an app from its configuration to its exit: starts it, and stops it on SIGTERM and SIGINT. The exit code is 0 after a
 * stop in time. It is 1 if the configuration is invalid, the start fails, the app cannot work any more, or the stop fails or
 * takes too long. Work that is not committed by then is repeated, and was not answered.
 */
export async function runApp<AppConfig extends ProcessConfig>(definition: AppDefinition<AppConfig>): Promise<void> {
  const config = configOrExit(definition.load);
  const logger = createLogger(definition.name, config.logLevel);
  const fatal = (error: Error): void => {
    logger.fatal({ err: error }, 'Process cannot continue');
    process.exit(1);
  };
  startDefaultMetrics();
  let stopping = false;
  let exitCode = 0;
  const app = createApp(definition, { config, logger, fatal }, () => {
    if (stopping) exitCode = 1;
  });
  const listening = app.then((created) => created.listen(config.port, config.host));

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info({ signal }, 'Stopping');
    stopping = true;
    setTimeout(() => fail(new Error('Stopping took too long')), definition.stopLimitMs ?? config.drainTimeoutMs + CLOSING_MS).unref();
    try {
      // Nest's close() does not wait for bootstrap hooks under way.
      await listening;
      await (await app).close();
      process.exit(exitCode);
    } catch (error) {
      fail(error);
    }
  };
  // Nest's `enableShutdownHooks` has no deadline, and ends the process by its signal instead of an exit code.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
  try {
    await listening;
    const started = await app;
    logger.info({ url: await started.getUrl(), managementPort: config.managementPort }, 'Listening');
    await started.get(Lifetime).started;
  } catch (error) {
    // A stop aborts the start, which is not a failure.
    if (!stopping) fail(error);
  }
}

/** Loads the configuration. If it is invalid, prints the reason and ends the process. */
function configOrExit<AppConfig>(load: (env: Record<string, string | undefined>) => AppConfig): AppConfig {
  try {
    return load(process.env);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return fail(error);
  }
}

/** Prints one message for a person, and ends the process. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
