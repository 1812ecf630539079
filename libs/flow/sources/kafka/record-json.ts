import { isObject } from '#ground/json-schema/json';

/** Of a number: its text as it stands, because large ids would be rounded. */
class NumberText {
  constructor(readonly text: string) {}
}

/**
 * The text, number or boolean at a JSON pointer (RFC 6901) of a value, as text. Undefined for anything else.
 * @param value as it was parsed
 * @param source its text, for numbers
 */
export function textAt(value: unknown, pointer: string, source: () => string): string | undefined {
  const found = valueAt(value, pointer);
  if (typeof found === 'string') return found;
  if (typeof found === 'number') return numberTextAt(source(), pointer);
  return typeof found === 'boolean' ? String(found) : undefined;
}

function valueAt(value: unknown, pointer: string): unknown {
  let found = value;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}

function numberTextAt(source: string, pointer: string): string | undefined {
  const keepText = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => (typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value);
  const found = valueAt(JSON.parse(source, keepText), pointer);
  return found instanceof NumberText ? found.text : undefined;
}

/** The bytes of a member of a JSON object, as they stand. Undefined if the text is no object, or has no such member. */
export function memberBytes(json: Buffer, name: string): Buffer | undefined {
  let at = skipSpace(json, 0);
  if (json[at] !== OPEN_OBJECT) return undefined;
  at += 1;
  let found: Buffer | undefined;
  for (;;) {
    at = skipSpace(json, at);
    if (json[at] !== QUOTE) return found;
    const nameEnd = endOfString(json, at);
    const isWanted = JSON.parse(json.toString('utf8', at, nameEnd)) === name;
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1);
    const end = endOfValue(json, start);
    // Of several the last one counts, as in JSON.parse.
    if (isWanted) found = json.subarray(start, end);
    at = skipSpace(json, end) + 1;
  }
}

/** Whether this is an object with exactly these members. */
export function hasOnly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return isObject(value) && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY, COMMA] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c];

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (isSpace(json[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endOfString(json: Buffer, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Of valid JSON. */
function endOfValue(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at) - 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (depth === 0) return trimmedEnd(json, at);
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return trimmedEnd(json, at);
  }
  return json.length;
}

function trimmedEnd(json: Buffer, end: number): number {
  let at = end;
  while (isSpace(json[at - 1])) at -= 1;
  return at;
}
