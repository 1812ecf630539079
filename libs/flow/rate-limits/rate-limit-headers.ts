import type { FastifyReply } from 'fastify';
import { LockstepError } from '#domain/problem';
import type { RateLimit } from '#domain/token-lease';
import type { LimitState, Taken } from './token-leases.js';

/** Of a limit's policy: what stands before the slash in its bucket's name, such as `key`. */
export function limitNameOf({ bucket }: RateLimit): string {
  return bucket.slice(0, bucket.indexOf('/'));
}

/** Sets `RateLimit` and `RateLimit-Policy`, if there are limits. */
export function setRateLimitHeaders(reply: FastifyReply, taken: Taken): void {
  if (taken.limits.length > 0) reply.header('ratelimit', rateLimitOf(taken)).header('ratelimit-policy', rateLimitPolicyOf(taken));
}

/** `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10: what is left of each limit, and seconds until there is more. */
export function rateLimitOf({ limits }: Taken): string {
  return limits.map((state) => `"${limitNameOf(state.limit)}";r=${state.remaining};t=${secondsOf(state)}`).join(', ');
}

/**
 * `RateLimit-Policy` of the same draft: the rate as a quota in whole seconds, those in which an empty bucket is filled. An
 * event counts as a request, the draft's default unit.
 */
export function rateLimitPolicyOf({ limits }: Taken): string {
  return limits.map(({ limit }) => quotaPolicyOf(limit)).join(', ');
}

/** The error for events that got no token: all limits without tokens are named, with the longest of their waits. */
export function rateLimitedError({ limits }: Taken): LockstepError {
  const short = limits.filter(({ remaining }) => remaining === 0);
  const waitSeconds = Math.max(1, ...short.map(secondsOf));
  const names = short.map(({ limit }) => `the ${limitNameOf(limit)}'s limit of ${limit.perSecond} events per second (burst ${limit.burst})`).join(' and ');
  return new LockstepError('rate_limited', `No event is left of ${names}; try again in ${waitSeconds} s`, { retryAfterSeconds: waitSeconds });
}

function quotaPolicyOf(limit: RateLimit): string {
  const windowSeconds = Math.ceil(Math.max(limit.burst, 1) / limit.perSecond);
  return `"${limitNameOf(limit)}";q=${Math.max(1, Math.floor(limit.perSecond * windowSeconds))};w=${windowSeconds}`;
}

function secondsOf({ waitMs }: LimitState): number {
  return Math.max(1, Math.ceil(waitMs / 1_000));
}
