/** A part of a cursor: a value as a fixed number of hex digits. */
export interface CursorPart<Value> {
  readonly pattern: string;
  readonly digits: number;
  readonly encode: (value: Value) => string;
  readonly decode: (digits: string) => Value;
}

function wholeNumber(pattern: string, digits: number): CursorPart<number> {
  return { pattern, digits, encode: (value) => value.toString(16).padStart(digits, '0'), decode: (text) => parseInt(text, 16) };
}

/** A UUID. */
export const UUID: CursorPart<string> = {
  pattern: '[0-9a-f]{32}',
  digits: 32,
  encode: (uuid) => uuid.replaceAll('-', ''),
  decode: (text) => text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
};
/** Below 2^31: a positive `integer` of Postgres. */
export const UINT31 = wholeNumber('[0-7][0-9a-f]{7}', 8);
/** Below 2^16. */
export const UINT16 = wholeNumber('[0-9a-f]{4}', 4);
/** Below 2^52, which a number holds exactly. */
export const UINT52 = wholeNumber('[0-9a-f]{13}', 13);
/** A number below 2^769, as its IEEE 754 bits. */
export const FLOAT: CursorPart<number> = {
  // NaN and the infinities have an exponent of set bits only.
  pattern: '(?:[0-689a-e][0-9a-f]|[7f][0-9a-e])[0-9a-f]{14}',
  digits: 16,
  encode: (value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes.toString('hex');
  },
  decode: (text) => Buffer.from(text, 'hex').readDoubleBE(),
};

type Parts<Key extends readonly unknown[]> = { readonly [Index in keyof Key]: CursorPart<Key[Index]> };

/** The format of a list's cursors: the key of a page's last item. Every text of the pattern is a cursor. */
export class CursorFormat<const Key extends readonly [unknown, ...unknown[]]> {
  private readonly parts: readonly CursorPart<unknown>[];
  /** A regular expression that matches whole cursors, and nothing else. */
  readonly pattern: RegExp;

  constructor(...parts: Parts<Key>) {
    this.parts = parts;
    this.pattern = new RegExp(`^${this.parts.map(({ pattern }) => pattern).join('')}$`);
  }

  encode(key: Key): string {
    return this.parts.map((part, i) => part.encode(key[i])).join('');
  }

  /** @param cursor a text that matches the pattern */
  decode(cursor: string): Key {
    let start = 0;
    return this.parts.map(({ digits, decode }) => decode(cursor.slice(start, (start += digits)))) as unknown as Key;
  }
}
