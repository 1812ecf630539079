const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /[-+.\w]+/y;

/**
 * The text of a value in a JSON text, as it stands. It only skips what is before it, which takes a tenth of the time of a second
 * parse with `JSON.parse`'s access to source texts.
 * @param json a valid JSON text
 * @param path reference tokens that lead to a value: of members with the same name to the last, as `JSON.parse` does
 */
export function valueTextAt(json: string, path: readonly string[]): string {
  let start = skipSpace(json, 0);
  for (const token of path) start = json.charCodeAt(start) === OPEN_BRACE ? memberAt(json, start, token) : elementAt(json, start, Number(token));
  return json.slice(start, skipValue(json, start));
}

/** @param start of an object. @returns where the value of its last member of this name starts */
function memberAt(json: string, start: number, name: string): number {
  let found = start;
  let at = skipSpace(json, start + 1);
  while (json.charCodeAt(at) !== CLOSE_BRACE) {
    const end = skipString(json, at);
    const value = skipSpace(json, skipSpace(json, end) + 1);
    if (nameOf(json, at, end) === name) found = value;
    at = skipComma(json, skipValue(json, value), CLOSE_BRACE);
  }
  return found;
}

/** @param start of an array. @returns where its element starts */
function elementAt(json: string, start: number, index: number): number {
  let at = skipSpace(json, start + 1);
  for (let i = 0; i < index; i++) at = skipComma(json, skipValue(json, at), CLOSE_BRACKET);
  return at;
}

function nameOf(json: string, start: number, end: number): string {
  const text = json.slice(start + 1, end - 1);
  return text.includes('\\') ? (JSON.parse(json.slice(start, end)) as string) : text;
}

/** @returns where the next item starts, or the end of the object or array is */
function skipComma(json: string, afterValue: number, close: number): number {
  const at = skipSpace(json, afterValue);
  return json.charCodeAt(at) === close ? at : skipSpace(json, at + 1);
}

function skipSpace(json: string, at: number): number {
  return json.charCodeAt(at) > 0x20 ? at : endOf(SPACE, json, at);
}

/** Without recursion: a text may be nested a hundred thousand levels deep. */
function skipValue(json: string, start: number): number {
  let at = start;
  let depth = 0;
  do {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = skipString(json, at);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1;
        at += 1;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        at += 1;
        break;
      default:
        // A scalar, or what stands between two values.
        at = Math.max(at + 1, endOf(SCALAR, json, at));
    }
  } while (depth > 0);
  return at;
}

function skipString(json: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
}

function endOf(pattern: RegExp, json: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(json) ? pattern.lastIndex : at;
}
