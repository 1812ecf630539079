/** Which bytes a name may consist of (RFC 9110, 5.6.2: token). */
const TOKEN = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") TOKEN[character.charCodeAt(0)] = 1;

const TAB = 9;
const SPACE = 32;
const DELETE = 127;

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Whether the text from `from` to `to` is a token (RFC 9110, 5.6.2). */
export function isToken(text: string, from = 0, to = text.length): boolean {
  for (let i = from; i < to; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return to > from;
}

/** Whether the text consists of printable characters, spaces, tabs and bytes above 127 (RFC 9110, 5.5), and nothing above 255. */
export function isFieldText(text: string, from = 0, to = text.length): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if ((code < SPACE && code !== TAB) || code === DELETE || code > 255) return false;
  }
  return true;
}

/** The text from `from` to `to` without spaces and tabs around it. */
export function trimmed(text: string, from = 0, to = text.length): string {
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}
