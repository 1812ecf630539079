import { LockstepError } from '#domain/problem';
import { HttpClientError } from '#ground/http-client/http-client-error';
import type { UpstreamFailure } from './upstream-exchange.js';

/** The problem that a client gets when the backend gave no complete answer. */
export function upstreamProblem({ kind, error }: UpstreamFailure): LockstepError {
  switch (kind) {
    case 'not_sent':
      // What Node's parser accepts, HTTP may not express.
      if (error instanceof HttpClientError && error.code === 'INVALID_REQUEST') return new LockstepError('invalid_request', `The request can not be passed on: ${error.message}`, { cause: error });
      return new LockstepError('upstream_unavailable', 'The backend can not be reached; nothing was sent to it, so the same request may be tried again', { cause: error, retryAfterSeconds: 1 });
    case 'timeout':
      return new LockstepError('upstream_timeout', 'The backend did not answer in time; whether it carries the request out is not known', { cause: error });
    case 'interrupted':
      return new LockstepError('upstream_interrupted', 'The connection to the backend broke before its answer was whole; whether it carried the request out is not known', { cause: error });
  }
}
