import pino from 'pino';
import type { Config } from '#ground/config/config';

export type Logger = pino.Logger;

/** Where Postgres quotes what was to be stored: a row, a key, an item of an array. */
const QUOTING = ['detail', 'where', 'internalQuery'];
/** SQLSTATEs of values that Postgres cannot store. Only these messages quote values; others quote names. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;
/** A value can have quotes itself. */
const QUOTED = /".*"/s;

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

/** An error as the log has it: without the values that errors of Postgres quote, its causes' and its inner errors' too. */
export function loggedError(error: Error): Record<string, unknown> {
  const shown: Record<string, unknown> = pino.stdSerializers.err(error);
  return error instanceof Error ? withoutValues(shown, quotingMessages(error)) : shown;
}

function withoutValues(shown: Readonly<Record<string, unknown>>, quoting: readonly string[]): Record<string, unknown> {
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return quoting.reduce((text, message) => text.replaceAll(message, message.replace(QUOTED, '"…"')), value);
    if (Array.isArray(value)) return value.map(clean);
    return isShownError(value) ? withoutValues(value, quoting) : value;
  };
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !QUOTING.includes(name)).map(([name, value]) => [name, clean(value)]));
}

/** Whether pino has made it of an error. */
function isShownError(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'raw' in value && value.raw instanceof Error;
}

/** The messages in which the error, its causes and its inner errors quote values. */
function quotingMessages(error: Error, seen = new Set<Error>()): string[] {
  if (seen.has(error)) return [];
  seen.add(error);
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  const fields: unknown[] = Object.values(error);
  const own = 'code' in error && typeof error.code === 'string' && DATA_EXCEPTION.test(error.code) && QUOTED.test(error.message) ? [error.message] : [];
  return [...own, ...[error.cause, ...inner, ...fields].flatMap((each) => (each instanceof Error ? quotingMessages(each, seen) : []))];
}
