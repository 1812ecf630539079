import { type Config, loadConfig } from '#ground/config/config';
import type { ProcessContext } from '#ground/process/process-context';
import { captureLog } from './log-capture.js';
import { sharedServers } from './shared-servers.js';

/**
 * A process's configuration and logger for modules under test: `ProcessModule.of(testProcess(database.url))`.
 * @param env settings beyond those that every app needs
 */
export function testProcess(databaseUrl: string, env: Record<string, string> = {}): ProcessContext<Config> {
  return {
    config: loadConfig({
      DATABASE_URL: databaseUrl, KAFKA_BROKERS: env['KAFKA_BROKERS'] ?? sharedServers().kafkaBrokers,
      LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789', PORT: '0', ...env,
    }),
    logger: captureLog().logger,
    fatal: (error) => {
      throw error;
    },
  };
}
