import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';

const CHARSETS = /;\s*charset\s*=\s*"?([^\s";]*)/gi;
const UTF_8 = /^utf-?8$/i;

type Posted = Pick<FastifyRequest, 'headers' | 'method' | 'routeOptions'>;

/**
 * Why the headers of a request say that its body is no JSON in plain UTF-8, as `unsupported_media_type`; undefined when they do
 * not. Bodies are stored and delivered as they came, so nothing is decompressed or converted.
 */
export function bodyRefusalOf(request: Posted): LockstepError | undefined {
  const { 'content-encoding': encoding, 'content-type': type = '' } = request.headers;
  if (encoding !== undefined && isCompressed(encoding)) return compressed(request, encoding);
  if (request.routeOptions.config.takes === 'anything') return undefined;
  const charset = type.includes(';') ? [...type.matchAll(CHARSETS)].map(([, name = '']) => name).find((name) => !UTF_8.test(name)) : undefined;
  return charset === undefined ? undefined : refused(request, `takes JSON in UTF-8 only: convert the body, and leave out \`charset=${charset}\``);
}

/** Why a route does not take this body, which is not `application/json`, as `unsupported_media_type`; undefined when it does. */
export function otherBodyRefusalOf(request: Posted): LockstepError | undefined {
  const { headers, routeOptions } = request;
  const { takes } = routeOptions.config;
  if (takes !== 'anything' && takes?.(headers) !== true) return new LockstepError('unsupported_media_type', 'Send the body as application/json');
  const { 'content-encoding': encoding } = headers;
  return encoding !== undefined && isCompressed(encoding) ? compressed(request, encoding) : undefined;
}

function isCompressed(encoding: string): boolean {
  return encoding.split(',').some((each) => each.trim().toLowerCase() !== 'identity');
}

function compressed(request: Posted, encoding: string): LockstepError {
  return refused(request, `takes no compressed bodies: send it without Content-Encoding (this one has \`${encoding}\`)`);
}

function refused({ method, routeOptions }: Posted, sentence: string): LockstepError {
  return new LockstepError('unsupported_media_type', `${method} ${routeOptions.url ?? ''} ${sentence}`);
}

/**
 * The value of a body in JSON.
 * @throws LockstepError invalid_request: it is not UTF-8, begins with a byte order mark, or is not JSON
 */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw invalid('the body must be UTF-8');
  // A parser may skip it (RFC 8259, 8.1), but the receivers get the same bytes, and their parsers may not.
  if (beginsWithByteOrderMark(body)) throw invalid('the body begins with a byte order mark, which JSON does not have (RFC 8259, 8.1): send it without');
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw invalid(`the body is not valid JSON: ${cause instanceof Error ? cause.message : ''}`, cause);
  }
}

/** U+FEFF in UTF-8. Compared byte by byte, because a view of the body for each request costs more. */
function beginsWithByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

function invalid(message: string, cause?: unknown): LockstepError {
  return new LockstepError('invalid_request', message, { errors: [{ path: '', message }], cause });
}
