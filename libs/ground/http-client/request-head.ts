import { isFieldText, isToken } from './characters.js';
import { HttpClientError } from './http-client-error.js';

/** Headers that decide where the request ends and what becomes of the connection: the client sets them itself. */
const OWN_HEADERS = new Set(['host', 'content-length', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'trailer', 'expect']);
/** Methods whose requests have no body by nature. Others say `content-length: 0` (RFC 9110, 8.6). */
const BODYLESS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE'];

/** A request's body in bytes, `undefined` when it has none, and `unknown` when its length shows at its end. */
export type BodyLength = number | 'unknown' | undefined;

/**
 * The head of a request as text of one byte a character.
 * @param target path and query
 * @param headers names and values, alternating, without those of the connection and `content-length`
 * @throws HttpClientError INVALID_REQUEST when a part could not be sent as what it is, such as a value with a line end
 */
export function requestHead(method: string, target: string, host: string, headers: readonly string[], length: BodyLength): string {
  if (!isToken(method)) throw new HttpClientError('INVALID_REQUEST', `${JSON.stringify(method)} is not a method`);
  if (!target.startsWith('/') || !isTarget(target)) throw new HttpClientError('INVALID_REQUEST', `${JSON.stringify(target.slice(0, 200))} is not a path`);
  let head = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const { [i]: name = '', [i + 1]: value = '' } = headers;
    if (!isToken(name)) throw new HttpClientError('INVALID_REQUEST', `${JSON.stringify(name)} is not a header name`);
    if (!isFieldText(value)) throw new HttpClientError('INVALID_REQUEST', `The value of the header ${name} has characters that HTTP does not allow`);
    if (OWN_HEADERS.has(name.toLowerCase())) throw new HttpClientError('INVALID_REQUEST', `The header ${name} is set by the HTTP client itself`);
    head += `${name}: ${value}\r\n`;
  }
  if (length === 'unknown') return `${head}transfer-encoding: chunked\r\n\r\n`;
  if (length === undefined && BODYLESS.includes(method)) return `${head}\r\n`;
  return `${head}content-length: ${length ?? 0}\r\n\r\n`;
}

/** Whether the text has no spaces and no control characters. */
function isTarget(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 127 || code > 255) return false;
  }
  return true;
}
