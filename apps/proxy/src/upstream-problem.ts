import { LockstepError } from '#domain/problem';
import type { UpstreamFailure } from './upstream.js';

/** undici's own rules for what may be sent, which are a little stricter than those of Node's parser. */
const UNSENDABLE: readonly unknown[] = ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'];

/** The problem that a client gets when the backend gave no complete answer. */
export function upstreamProblem({ kind, error }: UpstreamFailure): LockstepError {
  switch (kind) {
    case 'not_sent':
      if ('code' in error && UNSENDABLE.includes(error.code)) return new LockstepError('invalid_request', `The request can not be passed on: ${error.message}`, { cause: error });
      return new LockstepError('upstream_unavailable', 'The backend can not be reached; nothing was sent to it, so the same request may be tried again', { cause: error, retryAfterSeconds: 1 });
    case 'timeout':
      return new LockstepError('upstream_timeout', 'The backend did not answer in time; whether it carries the request out is not known', { cause: error });
    case 'interrupted':
      return new LockstepError('upstream_interrupted', 'The connection to the backend broke before its answer was whole; whether it carried the request out is not known', { cause: error });
  }
}
