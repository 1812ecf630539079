/** pino's level numbers that the console shows. */
const names = new Map([[40, 'WARN'], [50, 'ERROR'], [60, 'FATAL']]);

export interface ConsoleLine {
  /** The time of day; empty if the line has none. */
  readonly clock: string;
  readonly text: string;
}

/**
 * An app's log line in the console's form; undefined below the level warn. Lines that are not pino's, such as a crash's
 * stack, stay unchanged.
 */
export function consoleLine(app: string, line: string): ConsoleLine | undefined {
  const entry = parse(line);
  if (entry === undefined) return line.trim() === '' ? undefined : { clock: '', text: `${app}  ${line}` };
  if (typeof entry['level'] !== 'number' || entry['level'] < 40) return undefined;
  const level = names.get(entry['level']) ?? String(entry['level']);
  const time = new Date(typeof entry['time'] === 'string' || typeof entry['time'] === 'number' ? entry['time'] : Date.now());
  const clock = Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(11, 23);
  const error = entry['err'] ?? entry['error'];
  const reason = typeof error === 'object' && error !== null && 'message' in error ? `: ${String(error.message)}` : '';
  const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
  return { clock, text: `${app}  ${level}  ${message}${reason}` };
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
