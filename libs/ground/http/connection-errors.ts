import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LockstepError } from '#domain/problem';
import { requestsRejected } from './http.metrics.js';

/** A client that was told what was wrong, and does not close: its connection ends after this. */
const GOODBYE_MS = 1_000;

/** What Node's parser says when it gives up on a connection, beside what is just no HTTP. */
const PROBLEMS: Record<string, () => LockstepError> = {
  HPE_HEADER_OVERFLOW: () => new LockstepError('headers_too_large', 'Request line and headers together may have 16 KiB'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new LockstepError('request_timeout', 'The request was not complete in time; send it again, all at once'),
};

/** Answers on a connection whose bytes never became a request, and ends it. */
export function answerConnectionError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Gone, or answered before: every further byte of what is no HTTP is an error again.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  const problem = PROBLEMS[error.code ?? '']?.() ?? new LockstepError('invalid_request', 'This is no HTTP/1.1 request');
  endWith(socket, problem);
}

/** What Node itself would answer with a bare status or not at all becomes a problem document, or an ordinary request. */
export function answerWhatNodeWould(instance: FastifyInstance): void {
  const { server } = instance;
  // A server may ignore what is expected of it (RFC 9110, 10.1.1); `100-continue` Node handles by itself.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => server.emit('request', request, response));
  server.on('connect', (_request: IncomingMessage, socket: Socket) => endWith(socket, new LockstepError('method_not_allowed', 'Lockstep is no proxy: it does not take CONNECT')));
  instance.addHook('onRequest', (request, _reply, done) => {
    const lacksHost = request.raw.httpVersion === '1.1' && request.headers.host === undefined;
    done(lacksHost ? new LockstepError('invalid_request', 'An HTTP/1.1 request must say its Host (RFC 9112, 3.2)') : undefined);
  });
}

function endWith(socket: Socket, problem: LockstepError): void {
  requestsRejected.inc({ code: problem.code });
  const body = JSON.stringify(problem.toProblem());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, 'Content-Type: application/problem+json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close',
  ];
  // Not destroyed at once: with bytes of the client unread, the kernel would take our answer back with a reset.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => undefined);
}
