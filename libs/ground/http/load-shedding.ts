import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { LockstepError } from '#domain/problem';
import { requestsRejected, requestsShed } from './http.metrics.js';

/**
 * Delay of a 503. A client that ignores Retry-After then retries two or three times a second, not thousands of times:
 * shedding a request costs half of what accepting an event does.
 */
const ANSWER_DELAY_MS = 400;
/** A delayed answer costs memory, so any further ones are sent at once. */
const MAX_DELAYED_ANSWERS = 4_000;

const OVERLOADED = new LockstepError('overloaded', 'Too many events wait to be stored; try again shortly', { retryAfterSeconds: 1 });
const BODY = Buffer.from(JSON.stringify(OVERLOADED.toProblem()));
const HEADERS = ['content-type', 'application/problem+json', 'content-length', String(BODY.length), 'retry-after', String(OVERLOADED.retryAfterSeconds)];

/**
 * Answers requests with `overloaded` before Fastify sees them: shedding must cost much less than accepting, so neither
 * the API key nor the body is looked at. Shed requests are counted as rejected, but their duration is not measured.
 *
 * `createHttpApp` creates it with the server; modules get it injected. It sheds nothing until `shedWhen` is called.
 */
export class LoadShedding {
  private isShed: (request: IncomingMessage) => boolean = () => false;
  private delayedAnswers = 0;

  /** Sheds the requests for which the predicate returns true. It is called once per request, before the body arrives. */
  shedWhen(isShed: (request: IncomingMessage) => boolean): void {
    this.isShed = isShed;
  }

  /**
   * Returns a listener that sheds requests, and passes the others to `next`.
   *
   * It reads and discards the body of a shed request: if the connection closed earlier, the client might see a reset
   * instead of the answer. A body above `maxBodyBytes`, or of unknown length, closes the connection instead.
   */
  inFrontOf(next: RequestListener, server: Server, maxBodyBytes: number): RequestListener {
    return (request, response) => {
      if (!this.isShed(request)) return next(request, response);
      requestsRejected.inc({ code: OVERLOADED.code });
      requestsShed.inc();
      const isBodyRead = Number(request.headers['content-length'] ?? Infinity) <= maxBodyBytes;
      const answer = (): void => {
        // A closing server waits for its connections, so none may stay open for another request.
        const staysOpen = isBodyRead && server.listening;
        response.writeHead(OVERLOADED.status, staysOpen ? HEADERS : [...HEADERS, 'connection', 'close']).end(BODY);
      };
      if (!isBodyRead || this.delayedAnswers >= MAX_DELAYED_ANSWERS) return answer();
      // Discards the body as it arrives instead of buffering it until the answer.
      request.resume();
      this.delayedAnswers += 1;
      setTimeout(() => {
        this.delayedAnswers -= 1;
        answer();
      }, ANSWER_DELAY_MS);
    };
  }
}
