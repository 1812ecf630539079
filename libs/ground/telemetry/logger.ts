import pino from 'pino';
import type { Config } from '#ground/config/config';

export type Logger = pino.Logger;

/** Logs JSON lines with the app's name to stdout. Redacts authorization and cookie headers; bodies are never logged. */
export function createLogger(app: string, level: Config['logLevel']): Logger {
  return pino({ level, base: { app }, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers.authorization', 'req.headers.cookie'] });
}
