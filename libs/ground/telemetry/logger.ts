import pino from 'pino';
import type { Config } from '#ground/config/config';

export type Logger = pino.Logger;

/** JSON lines on stdout, with the app's name; secrets never reach it (no request bodies, no authorization headers). */
export function createLogger(app: string, level: Config['logLevel']): Logger {
  return pino({ level, base: { app }, timestamp: pino.stdTimeFunctions.isoTime, redact: ['req.headers.authorization', 'req.headers.cookie'] });
}
