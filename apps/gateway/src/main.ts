import { loadConfig } from '#config/config';
import { configOrExit, fail } from '#startup/process-end';
import { createLogger } from '#telemetry/logger';
import { startDefaultMetrics } from '#telemetry/metrics';
import { Gateway } from './gateway.js';

const HOST = '0.0.0.0';
/** After the drain time: to give back leases and connections, also where Postgres or Kafka do not answer any more. */
const GOODBYE_MS = 2_500;

const config = configOrExit(loadConfig);
const logger = createLogger('gateway', config.logLevel);
const gateway = new Gateway({ config, logger, print: (line) => void process.stdout.write(`${line}\n`) });

startDefaultMetrics();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

try {
  await gateway.start(HOST, config.port);
} catch (error) {
  // Stopped while it was still waiting for Postgres: not a failure.
  if (!(error instanceof Error && error.name === 'AbortError')) fail(error);
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  logger.info({ signal }, 'Stopping');
  // What is committed is safe, and what is not was not answered: nothing is worth a longer wait.
  setTimeout(() => fail(new Error('Stopping took too long')), config.drainTimeoutMs + GOODBYE_MS).unref();
  try {
    await gateway.stop();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}
