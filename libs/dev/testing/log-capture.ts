import pino from 'pino';

export interface LogCapture {
  readonly logger: pino.Logger;
  /** The lines so far, oldest first. */
  readonly lines: readonly { readonly level: number; readonly msg: string; readonly [field: string]: unknown }[];
}

/** A logger whose lines a test can read. */
export function captureLog(): LogCapture {
  const lines: LogCapture['lines'][number][] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as LogCapture['lines'][number]) });
  return { logger, lines };
}
