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

/** After the drain time: to say how things stand and to give back leases and connections, also where Postgres or Kafka do not answer any more. */
const GOODBYE_MS = 2_500;

/** What an app consists of. */
export interface AppDefinition<AppConfig> {
  readonly name: string;
  readonly load: (env: Record<string, string | undefined>) => AppConfig;
  /** The root module. One of its providers is the app's lifecycle class. */
  readonly module: Type;
  readonly http?: (config: AppConfig) => Partial<HttpAppOptions>;
  /** Serves the API's document. */
  readonly openApi?: OpenApiOptions;
  /** A provider of the root module that feeds the app's `@EventPattern` handlers. */
  readonly transport?: Type<CustomTransportStrategy>;
  /** From SIGTERM to exit, whatever Postgres and Kafka do. Default: the drain time and 2.5 s. */
  readonly stopLimitMs?: number;
}

/** The app in a process: `listen()` starts it in the background, `close()` stops it; its `Lifetime` says how far it is. */
export async function createApp<AppConfig extends ProcessConfig>(
  { module, http, openApi, transport }: Omit<AppDefinition<AppConfig>, 'name' | 'load'>,
  context: ProcessContext<AppConfig>,
  onFrameworkError: () => void = () => undefined,
): Promise<NestFastifyApplication> {
  const { config, logger } = context;
  const app = await createHttpApp({ module, imports: [ProcessModule.of(context)] }, { logger, maxBodyBytes: config.maxBodyBytes, onFrameworkError, ...http?.(config) });
  if (transport !== undefined) {
    app.connectMicroservice({ strategy: app.get(transport) });
    await app.startAllMicroservices();
  }
  if (openApi !== undefined) serveOpenApi(app, openApi);
  return app;
}

/**
 * An app's process from its configuration to its exit: starts it, stops it on SIGTERM and SIGINT, and ends with 0 when
 * that was in time. With 1 when the configuration is not valid, the app can't start or can't go on, or stopping fails or
 * takes too long: what isn't committed by then is done again, or was not answered.
 */
export async function runApp<AppConfig extends ProcessConfig>(definition: AppDefinition<AppConfig>): Promise<void> {
  const config = configOrExit(definition.load);
  const logger = createLogger(definition.name, config.logLevel);
  const fatal = (error: Error): void => {
    logger.fatal({ err: error }, 'The process can not go on');
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
    setTimeout(() => fail(new Error('Stopping took too long')), definition.stopLimitMs ?? config.drainTimeoutMs + GOODBYE_MS).unref();
    try {
      // A close() while Nest is still at its bootstrap hooks would overtake them.
      await listening;
      await (await app).close();
      process.exit(exitCode);
    } catch (error) {
      fail(error);
    }
  };
  // Not Nest's `enableShutdownHooks`: it has no deadline, and ends the process by its signal instead of an exit code.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
  try {
    await listening;
    const started = await app;
    logger.info({ url: await started.getUrl() }, 'Listening');
    await started.get(Lifetime).started;
  } catch (error) {
    // A start that ends because the process stops is no failure.
    if (!stopping) fail(error);
  }
}

/** The process's configuration; when it is not valid, says what is wrong with it and ends the process. */
function configOrExit<AppConfig>(load: (env: Record<string, string | undefined>) => AppConfig): AppConfig {
  try {
    return load(process.env);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    return fail(error);
  }
}

/** One clear message, for a person; then the end. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
