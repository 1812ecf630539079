import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { LockstepError } from '#domain/problem';
import { requestsRejected } from './http.metrics.js';

/**
 * How long a refusal waits for its answer: a client that comes again at once, whatever Retry-After says, does so two or
 * three times a second, and not as often as it can. A refusal costs half of what an accepted event does, so that a crowd
 * that hammers would otherwise take the time of those who are let in.
 */
const REFUSED_AFTER_MS = 400;
/** More are refused at once, and so is whose body is not to be read to its end: what is held back costs memory. */
const MOST_HELD = 4_000;

/**
 * Answers `overloaded` in front of everything else while `refuses` says so: before the key is looked at and the body is
 * read, since what is refused must cost a small part of what is accepted. Such requests are counted as rejected, and not
 * measured. Call it before the server listens.
 *
 * A body that would have been taken is read and thrown away: were the connection closed before its end, the client might
 * see a reset instead of the answer. For one of more than `maxBodyBytes`, or of unknown length, it is closed.
 */
export function shedLoad(instance: FastifyInstance, maxBodyBytes: number, refuses: (request: IncomingMessage) => boolean): void {
  const { server } = instance;
  const problem = new LockstepError('overloaded', 'Too many events wait to be stored; try again shortly', { retryAfterSeconds: 1 });
  const body = Buffer.from(JSON.stringify(problem.toProblem()));
  const headers = ['content-type', 'application/problem+json', 'content-length', String(body.length), 'retry-after', String(problem.retryAfterSeconds)];
  const handlers = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  let held = 0;
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!refuses(request)) {
      for (const handle of handlers) handle(request, response);
      return;
    }
    requestsRejected.inc({ code: problem.code });
    const drains = Number(request.headers['content-length'] ?? Infinity) <= maxBodyBytes;
    // A server that is closing waits for its connections: none is to be left open for another request.
    const refuse = (): void => void response.writeHead(problem.status, drains && server.listening ? headers : [...headers, 'connection', 'close']).end(body);
    if (!drains || held >= MOST_HELD) return refuse();
    // Its body is thrown away as it comes, and not kept until the answer.
    request.resume();
    held += 1;
    setTimeout(() => {
      held -= 1;
      refuse();
    }, REFUSED_AFTER_MS);
  });
}
