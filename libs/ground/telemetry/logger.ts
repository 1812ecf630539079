import pino from 'pino';
import type { Config } from '#ground/config/config';

export type Logger = pino.Logger;

/** Where Postgres quotes what was to be stored: a row, a key, an item of an array. */
const QUOTING = ['detail', 'where', 'internalQuery'];

/**
 * Logs JSON lines with the app's name to stdout. Redacts authorization and cookie headers, and the parts of Postgres's errors that
 * quote values; bodies are never logged.
 */
export function createLogger(app: string, level: Config['logLevel']): Logger {
  return pino({
    level, base: { app }, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers.authorization', 'req.headers.cookie'],
    serializers: { err: loggedError },
  });
}

/** An error as the log has it. */
export function loggedError(error: Error): Record<string, unknown> {
  const shown: Record<string, unknown> = pino.stdSerializers.err(error);
  return error instanceof Error ? Object.fromEntries(Object.entries(shown).filter(([name]) => !QUOTING.includes(name))) : shown;
}
