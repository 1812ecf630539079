import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LockstepError, type ErrorCode } from '#domain/problem';
import { REQUEST_ID_HEADER } from './request-ids.js';

/** Codes for the errors of Nest and Fastify, by status. */
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

/** Where our message says more than the framework's. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  unsupported_media_type: 'Send the body as application/json',
  payload_too_large: 'The body has more bytes than LOCKSTEP_MAX_BODY_BYTES allows',
};

/** The error that a client may see: a LockstepError as it is, a framework's by its status, any other as `internal`. */
export function toLockstepError(error: unknown): LockstepError {
  if (error instanceof LockstepError) return error;
  const status = statusOf(error);
  const code = status === undefined ? undefined : CODES[status];
  if (code !== undefined && error instanceof Error) return new LockstepError(code, SENTENCES[code] ?? error.message, { cause: error });
  return new LockstepError('internal', 'The error was logged; try again later', { cause: error });
}

/** The RFC 9457 problem document of an error, with the id of the request. */
export function problemDocument({ request }: FastifyReply, error: LockstepError): Buffer {
  return Buffer.from(JSON.stringify({ ...error.toProblem(), requestId: request.id }));
}

/** Sends the error as a problem document, with the headers of its code. */
export function sendProblem(reply: FastifyReply, error: LockstepError): void {
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (error.code === 'unsupported_media_type') reply.header('accept', 'application/json').header('accept-encoding', 'identity');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
  // As bytes: to a string's type Fastify adds a charset, which JSON types do not have.
  reply.code(error.status).header(REQUEST_ID_HEADER, reply.request.id).header('content-type', 'application/problem+json').send(problemDocument(reply, error));
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}
