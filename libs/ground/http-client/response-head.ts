import { isFieldText, isToken, trimmed } from './characters.js';

/** Header lines that are kept: four times what Node and most servers accept. */
export const KEPT_HEAD_BYTES = 65_536;
/** All values of one header that decides about framing. A longer one is not read, so its meaning is unknown. */
const MAX_FRAMING_VALUE = 1_024;
const TOO_LONG = '?';

/** Values by name in lower case; a header that came several times has an array. */
export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The head of a response: its status and header lines. It accepts any line. `isStrict` says whether each one is as
 * RFC 9112 requires.
 */
export class ResponseHead {
  isStrict: boolean;
  /** All values, separated by commas. These headers count even where lines are no longer kept. */
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  private connection: string | undefined;
  private keepAlive: string | undefined;
  /** Names and values, alternating. */
  private readonly kept: string[] = [];
  private keptBytes = 0;

  constructor(
    readonly statusCode: number,
    readonly isHttp11: boolean,
    isStrict: boolean,
  ) {
    this.isStrict = isStrict;
  }

  /** @param line a header line, unfolded, without its line end; each character is one byte */
  add(line: string): void {
    const colon = line.indexOf(':');
    const name = trimmed(line, 0, Math.max(colon, 0));
    if (name === '') {
      this.isStrict = false;
      return;
    }
    this.isStrict &&= isToken(line, 0, colon) && isFieldText(line, colon + 1);
    const value = trimmed(line, colon + 1);
    this.note(name, value);
    if (this.keptBytes + line.length > KEPT_HEAD_BYTES) return;
    this.keptBytes += line.length;
    this.kept.push(name, value);
  }

  /** The values of a header among the lines that are kept. @param name in lower case */
  values(name: string): string[] {
    const found: string[] = [];
    for (let i = 0; i < this.kept.length; i += 2) {
      const { [i]: each = '', [i + 1]: value = '' } = this.kept;
      if (each.length === name.length && each.toLowerCase() === name) found.push(value);
    }
    return found;
  }

  /**
   * The kept headers in a form that can be sent on: invalid names are left out, and invalid characters of values become
   * spaces (RFC 9110, 5.5).
   */
  fields(): HeaderFields {
    // Without a prototype: a header may be called __proto__.
    const fields = Object.create(null) as Record<string, string | string[] | undefined>;
    for (let i = 0; i < this.kept.length; i += 2) {
      const { [i]: name = '', [i + 1]: raw = '' } = this.kept;
      if (!isToken(name)) continue;
      const lower = name.toLowerCase();
      const value = isFieldText(raw) ? raw : raw.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ' ').trim();
      const { [lower]: known } = fields;
      if (known === undefined) fields[lower] = value;
      else if (typeof known === 'string') fields[lower] = [known, value];
      else known.push(value);
    }
    return fields;
  }

  /** Whether the sender closes the connection after the response, or speaks a version that may do so. */
  get closes(): boolean {
    const { connection } = this;
    if (!this.isHttp11) return true;
    return connection !== undefined && connection.toLowerCase().split(',').some((option) => trimmed(option) === 'close');
  }

  /** How long the sender keeps an idle connection open, as far as it says so (`Keep-Alive: timeout=5`). */
  get keepAliveMs(): number | undefined {
    if (this.keepAlive === undefined) return undefined;
    const seconds = /(?:^|[,; \t])timeout="?(\d{1,9})/i.exec(this.keepAlive)?.[1];
    return seconds === undefined ? undefined : Number(seconds) * 1_000;
  }

  /** Remembers the headers that decide about framing and connection. */
  private note(name: string, value: string): void {
    // The length first: it tells most headers apart without a comparison.
    switch (name.length) {
      case 10: {
        const lower = name.toLowerCase();
        if (lower === 'connection') this.connection = joined(this.connection, value);
        else if (lower === 'keep-alive') this.keepAlive = joined(this.keepAlive, value);
        return;
      }
      case 14:
        if (name.toLowerCase() === 'content-length') this.contentLength = joined(this.contentLength, value);
        return;
      case 17:
        if (name.toLowerCase() === 'transfer-encoding') this.transferEncoding = joined(this.transferEncoding, value);
        return;
    }
  }
}

function joined(values: string | undefined, value: string): string {
  const all = values === undefined ? value : `${values},${value}`;
  return all.length <= MAX_FRAMING_VALUE ? all : TOO_LONG;
}
