import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { LockstepError } from '#domain/problem';
import { requestsRejected } from './http.metrics.js';

/** A body up to this is read and thrown away, which costs less than a new connection; for a larger one it is closed. */
const DRAINED_BODY_BYTES = 65_536;

/**
 * Answers `overloaded` in front of everything else while `refuses` says so: before the key is looked at and the body is
 * read, since what is refused must cost a small part of what is accepted. Such requests are counted as rejected, and not
 * measured. Call it before the server listens.
 */
export function shedLoad(instance: FastifyInstance, refuses: (request: IncomingMessage) => boolean): void {
  const { server } = instance;
  const problem = new LockstepError('overloaded', 'Too many events wait to be stored; try again shortly', { retryAfterSeconds: 1 });
  const body = Buffer.from(JSON.stringify(problem.toProblem()));
  const headers = ['content-type', 'application/problem+json', 'content-length', String(body.length), 'retry-after', String(problem.retryAfterSeconds)];
  const handlers = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!refuses(request)) {
      for (const handle of handlers) handle(request, response);
      return;
    }
    requestsRejected.inc({ code: problem.code });
    const drains = Number(request.headers['content-length'] ?? Infinity) <= DRAINED_BODY_BYTES;
    response.writeHead(problem.status, drains ? headers : [...headers, 'connection', 'close']).end(body);
  });
}
