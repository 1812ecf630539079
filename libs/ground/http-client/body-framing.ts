import { trimmed } from './characters.js';
import type { ResponseHead } from './response-head.js';

/** Where the body of a response ends. */
export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** At the end of the connection. */
  | { readonly kind: 'close' }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface Framing {
  readonly body: BodyFraming;
  /** Whether every reader of HTTP/1.1 finds the same end. Otherwise the connection must not be used again. */
  readonly isUnambiguous: boolean;
}

const NONE: BodyFraming = { kind: 'none' };
const CHUNKED: BodyFraming = { kind: 'chunked' };
const CLOSE: BodyFraming = { kind: 'close' };

/**
 * The framing of a final response (RFC 9112, 6.3), read liberally: the last coding `chunked` wins over any length, equal
 * lengths count as one, and a length counts beside codings that are not known.
 * @param method of the request
 */
export function framingOf(head: ResponseHead, method: string): Framing {
  const { statusCode, contentLength, transferEncoding } = head;
  if (statusCode === 101) return { body: NONE, isUnambiguous: false };
  if (method === 'HEAD' || statusCode === 204 || statusCode === 304) {
    // A body that is announced here may follow all the same.
    return { body: NONE, isUnambiguous: transferEncoding === undefined && (contentLength === undefined || contentLength === '0') };
  }
  if (transferEncoding !== undefined && lastCodingOf(transferEncoding) === 'chunked') {
    return { body: CHUNKED, isUnambiguous: transferEncoding.toLowerCase() === 'chunked' && contentLength === undefined };
  }
  if (contentLength !== undefined) {
    const bytes = lengthOf(contentLength);
    if (bytes === undefined) return { body: { kind: 'unreadable', reason: `its Content-Length is ${JSON.stringify(contentLength.slice(0, 100))}` }, isUnambiguous: false };
    return { body: { kind: 'length', bytes }, isUnambiguous: transferEncoding === undefined && isNumber(contentLength) };
  }
  // A 205 has no content (RFC 9110, 15.3.6), and many servers send it without a length.
  return { body: statusCode === 205 ? NONE : CLOSE, isUnambiguous: false };
}

/** Whether the body that is handed out still has a transfer coding, such as gzip. Only `chunked` is decoded, once. */
export function isStillCoded({ transferEncoding = '' }: ResponseHead): boolean {
  const codings = codingsOf(transferEncoding);
  return codings.length > 1 || codings.some((coding) => coding !== 'chunked');
}

function lastCodingOf(transferEncoding: string): string | undefined {
  return codingsOf(transferEncoding).at(-1);
}

/** In lower case and without parameters. `identity` is none (RFC 2616, 3.6). */
function codingsOf(transferEncoding: string): string[] {
  const codings = transferEncoding.toLowerCase().split(',').map((coding) => trimmed(coding.split(';', 1)[0] ?? ''));
  return codings.filter((coding) => coding !== '' && coding !== 'identity');
}

/** Undefined: the values are no numbers, or differ, or are too large to be counted. */
function lengthOf(contentLength: string): number | undefined {
  const values = isNumber(contentLength) ? [contentLength] : contentLength.split(',').map((value) => trimmed(value));
  if (!values.every(isNumber)) return undefined;
  const [first, ...others] = values.map(Number);
  return Number.isSafeInteger(first) && others.every((other) => other === first) ? first : undefined;
}

function isNumber(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return text.length > 0;
}
