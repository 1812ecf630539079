import { loadProxyConfig } from '#config/proxy-config';
import { configOrExit, fail } from '#startup/process-end';
import { createLogger } from '#telemetry/logger';
import { startDefaultMetrics } from '#telemetry/metrics';
import { IdempotencyProxy } from './proxy.js';

const HOST = '0.0.0.0';
/** After the drain time: to store how what was under way ended, and to give back connections. */
const GOODBYE_MS = 2_500;

const config = configOrExit(loadProxyConfig);
const logger = createLogger('proxy', config.logLevel);
const proxy = new IdempotencyProxy({ config, logger });

startDefaultMetrics();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

try {
  await proxy.start(HOST, config.port);
} catch (error) {
  // Stopped while it was still waiting for Postgres: not a failure.
  if (!(error instanceof Error && error.name === 'AbortError')) fail(error);
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  logger.info({ signal }, 'Stopping');
  // What can't be stored by then is indeterminate when its lease has run out.
  setTimeout(() => fail(new Error('Stopping took too long')), config.drainTimeoutMs + GOODBYE_MS).unref();
  try {
    await proxy.stop();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}
