import { type Config, ConfigError, loadConfig } from '#config/config';
import { createLogger } from '#telemetry/logger';
import { startDefaultMetrics } from '#telemetry/metrics';
import { Gateway } from './gateway.js';

const HOST = '0.0.0.0';

const config = configOrExit();
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
  try {
    await gateway.stop();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

function configOrExit(): Config {
  try {
    return loadConfig(process.env);
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
