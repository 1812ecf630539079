import type { FastifyReply } from 'fastify';
import { LockstepError } from '#domain/problem';
import type { RateLimit } from '#domain/token-lease';
import type { LimitState, Taken } from './token-leases.js';

/** Of a limit's policy: what stands before the slash in its bucket's name, such as `key`. */
export function limitNameOf({ bucket }: RateLimit): string {
  return bucket.slice(0, bucket.indexOf('/'));
}

/**
 * Sets `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), if there are limits. An event counts as
 * one request, which is the draft's default unit.
 */
export function setRateLimitHeaders(reply: FastifyReply, { limits }: Taken): void {
  if (limits.length === 0) return;
  reply.header('ratelimit', limits.map(serviceLimitOf).join(', ')).header('ratelimit-policy', limits.map(({ limit }) => quotaPolicyOf(limit)).join(', '));
}

/** The error for events that got no token: all limits without tokens are named, with the longest of their waits. */
export function rateLimitedError({ limits }: Taken): LockstepError {
  const short = limits.filter(({ remaining }) => remaining === 0);
  const waitSeconds = Math.max(1, ...short.map(secondsOf));
  const names = short.map(({ limit }) => `the ${limitNameOf(limit)}'s limit of ${limit.perSecond} events per second (burst ${limit.burst})`).join(' and ');
  return new LockstepError('rate_limited', `No event is left of ${names}; try again in ${waitSeconds} s`, { retryAfterSeconds: waitSeconds });
}

function serviceLimitOf(state: LimitState): string {
  return `"${limitNameOf(state.limit)}";r=${state.remaining};t=${secondsOf(state)}`;
}

/** The rate as a quota of whole events in whole seconds: in the time in which an empty bucket is filled. */
function quotaPolicyOf(limit: RateLimit): string {
  const windowSeconds = Math.ceil(Math.max(limit.burst, 1) / limit.perSecond);
  return `"${limitNameOf(limit)}";q=${Math.floor(limit.perSecond * windowSeconds)};w=${windowSeconds}`;
}

function secondsOf({ waitMs }: LimitState): number {
  return Math.max(1, Math.ceil(waitMs / 1_000));
}
