import { valueTextAt } from './json-value-text.js';

/** The reference tokens of a JSON pointer (RFC 6901). */
export function pointerTokens(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * The text, number or boolean at a JSON pointer, as text: a number as it stands, because parsing rounds large ones.
 * Undefined if there is nothing, null, an object or an array.
 * @param json the text of which `value` was parsed
 */
export function textAt(value: unknown, json: () => string, pointer: string): string | undefined {
  const tokens = pointerTokens(pointer);
  let found = value;
  for (const token of tokens) {
    if (Array.isArray(found)) found = /^(?:0|[1-9]\d*)$/.test(token) ? (found as unknown[])[Number(token)] : undefined;
    else if (typeof found === 'object' && found !== null && Object.hasOwn(found, token)) found = (found as Record<string, unknown>)[token];
    else return undefined;
  }
  if (typeof found === 'number') return valueTextAt(json(), tokens);
  return typeof found === 'string' || typeof found === 'boolean' ? String(found) : undefined;
}
