import { loadConfig } from '#config/config';
import { configOrExit, fail } from '#startup/process-end';
import { createLogger } from '#telemetry/logger';
import { startDefaultMetrics } from '#telemetry/metrics';
import { Dispatcher } from './dispatcher.js';

const HOST = '0.0.0.0';
/** From SIGTERM to exit, whatever Postgres and Kafka do. */
const STOP_LIMIT_MS = 14_500;

const config = configOrExit(loadConfig);
const logger = createLogger('dispatcher', config.logLevel);
const dispatcher = new Dispatcher({ config, logger, onFatal: (error) => crash(error) });

startDefaultMetrics();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

try {
  await dispatcher.start(HOST, config.port);
} catch (error) {
  // Stopped while it was still waiting for Postgres: not a failure.
  if (!(error instanceof Error && error.name === 'AbortError')) fail(error);
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  logger.info({ signal }, 'Stopping');
  // What isn't through by then is done again by the next owner.
  setTimeout(() => fail(new Error('Stopping took too long')), STOP_LIMIT_MS).unref();
  try {
    await dispatcher.stop();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** The consumer has ended for good (kafkajs does that on errors it doesn't know): a new process starts clean. */
function crash(error: Error): never {
  logger.fatal({ err: error }, 'The Kafka consumer has ended');
  process.exit(1);
}
