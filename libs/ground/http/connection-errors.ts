import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LockstepError } from '#domain/problem';
import { requestsRejected } from './http.metrics.js';
import { interruptBody } from './streamed-body.js';

/** The server cuts the connection after this if the client does not close it. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Problems by the code of Node's parser. Any other code means that the bytes are not HTTP. */
const PROBLEMS: Record<string, () => LockstepError> = {
  HPE_HEADER_OVERFLOW: () => new LockstepError('headers_too_large', 'Request line and headers may have 16 KiB together'),
  ERR_HTTP_REQUEST_TIMEOUT: () => new LockstepError('request_timeout', 'The request did not arrive in time; send it again without pauses'),
};

/** Answers on a connection whose bytes are not a valid request, and closes it. */
export function answerConnectionError(error: NodeJS.ErrnoException, socket: Socket): void {
  // The client has left, or got its answer: each further invalid byte is another error.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    if (!socket.writableEnded) socket.destroy();
    return;
  }
  if (interruptBody(socket, error)) return;
  const problem = PROBLEMS[error.code ?? '']?.() ?? new LockstepError('invalid_request', 'This is not an HTTP/1.1 request');
  endWith(socket, problem);
}

/** Sends problem documents where Node would send a bare status or nothing, and takes requests that Node would refuse. */
export function answerWhatNodeWould(instance: FastifyInstance): void {
  const { server } = instance;
  // A server may ignore an unknown expectation (RFC 9110, 10.1.1). Node handles `100-continue` itself.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => server.emit('request', request, response));
  server.on('connect', (_request: IncomingMessage, socket: Socket) => endWith(socket, new LockstepError('method_not_allowed', 'Lockstep is not a proxy: it does not support CONNECT')));
  instance.addHook('onRequest', (request, _reply, done) => {
    const lacksHost = request.raw.httpVersion === '1.1' && request.headers.host === undefined;
    done(lacksHost ? new LockstepError('invalid_request', 'An HTTP/1.1 request must have a Host header (RFC 9112, 3.2)') : undefined);
  });
}

function endWith(socket: Socket, problem: LockstepError): void {
  requestsRejected.inc({ code: problem.code });
  const body = JSON.stringify(problem.toProblem());
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, 'Content-Type: application/problem+json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close',
  ];
  // Not destroyed at once: while bytes of the client are unread, the kernel would send a reset and drop our answer.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), CLOSE_TIMEOUT_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => undefined);
}
