import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LockstepError, type ErrorCode } from '#domain/problem';

/** A framework's error by its status; some with a sentence that says what to do. */
const CODES: Record<number, ErrorCode> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  409: 'conflict',
  413: 'payload_too_large',
  414: 'invalid_request',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'overloaded',
};

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  unsupported_media_type: 'Send the body as application/json',
  payload_too_large: 'The body has more bytes than LOCKSTEP_MAX_BODY_BYTES allows',
};

/** What the outside may see of any error: a LockstepError as it is, a framework's by its status, all else `internal`. */
export function toLockstepError(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  const status = statusOf(error);
  const code = status === undefined ? undefined : CODES[status];
  if (code !== undefined && error instanceof Error) return new LockstepError(code, SENTENCES[code] ?? error.message, { cause: error });
  return new LockstepError('internal', 'The error was logged; try again later', { cause: error });
}

/** Sends the error as an RFC 9457 problem document, with the headers that its code asks for. */
export function sendProblem(reply: FastifyReply, error: LockstepError): void {
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
  // Bytes, since Fastify would add a charset to the type of a text, which JSON types do not have.
  reply.code(error.status).header('content-type', 'application/problem+json').send(Buffer.from(JSON.stringify(error.toProblem())));
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}
