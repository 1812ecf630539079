import { LockstepError } from '#domain/problem';
import type { UpstreamFailure } from './upstream.js';

/** What a client is told when the backend gave no whole answer. */
export function upstreamProblem({ kind, error }: UpstreamFailure): LockstepError {
  switch (kind) {
    case 'not_sent':
      return new LockstepError('upstream_unavailable', 'The backend can not be reached; nothing was sent to it, so the same request may be tried again', { cause: error, retryAfterSeconds: 1 });
    case 'timeout':
      return new LockstepError('upstream_timeout', 'The backend did not answer in time; whether it carries the request out is not known', { cause: error });
    case 'interrupted':
      return new LockstepError('upstream_interrupted', 'The connection to the backend broke before its answer was whole; whether it carried the request out is not known', { cause: error });
  }
}
