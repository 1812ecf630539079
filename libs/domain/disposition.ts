import type { EndpointSign } from './breaker.js';

/** The result of one HTTP exchange with an endpoint. */
export interface AttemptResult {
  readonly startedAtMs: number;
  /** Not rounded: many requests take a millisecond or two. */
  readonly durationMs: number;
  /** Undefined when no response came, or an incomplete one whose status counts only with its end; `error` then says why. */
  readonly statusCode: number | undefined;
  /** Why there is no response, or only an incomplete one. */
  readonly error: string | undefined;
  /** At most the first 16 KiB. */
  readonly responseBody: Uint8Array;
  /** From the Retry-After header, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;
}

export interface RetryPolicy {
  /** Delay before each further attempt, in milliseconds; attempts allowed = 1 + their number. */
  readonly scheduleMs: readonly number[];
  /** A longer Retry-After is cut to this; 0: the schedule alone counts. */
  readonly maxRetryAfterMs: number;
}

export type DeadReason = 'attempts_exhausted' | 'gone';

/** The consequence of an attempt. */
export type Disposition =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'dead'; readonly reason: DeadReason };

/** Any 2xx delivers. */
export function isSuccess({ statusCode }: Pick<AttemptResult, 'statusCode'>): boolean {
  return statusCode !== undefined && statusCode >= 200 && statusCode <= 299;
}

/** The receiver says that it wants no more events, ever. */
export function isGone({ statusCode }: Pick<AttemptResult, 'statusCode'>): boolean {
  return statusCode === 410;
}

/**
 * What an attempt says about its endpoint. `rejected`: the receiver is alive, and did not take this event: a status below 500
 * that is neither a 2xx nor a 429. `failed`: a timeout, no connection, a 5xx, or a 429.
 */
export function signOf({ statusCode }: Pick<AttemptResult, 'statusCode'>): EndpointSign {
  if (statusCode === undefined || statusCode >= 500 || statusCode === 429) return 'failed';
  return isSuccess({ statusCode }) ? 'delivered' : 'rejected';
}

/** The delay that Retry-After of a 429 or 503 asks for (RFC 9110, 10.2.3), as far as the policy follows it; 0 if there is none. */
export function askedDelayMs({ statusCode, retryAfterMs = 0 }: Pick<AttemptResult, 'statusCode' | 'retryAfterMs'>, { maxRetryAfterMs }: Pick<RetryPolicy, 'maxRetryAfterMs'>): number {
  return statusCode === 429 || statusCode === 503 ? Math.min(retryAfterMs, maxRetryAfterMs) : 0;
}

/** Whether an incomplete response's status counts: one that ends the delivery, a 2xx or a 410, does not. */
export function countsIncomplete(result: Pick<AttemptResult, 'statusCode'>): boolean {
  return !isSuccess(result) && !isGone(result);
}

/**
 * Decides what follows from an attempt. No other code compares status codes or counts attempts.
 *
 * A 2xx delivers, and a 410 ends the delivery. Anything else, redirects included, fails and is retried until the schedule is
 * used up. The retry delay is the schedule's plus up to 20 % jitter, so that lanes which failed together do not return
 * together. Retry-After of a 429 or 503 replaces it, except when it is 0 or in the past: that would use up all attempts at
 * once.
 * @param attempt the attempt's number, from 1
 * @param random in [0, 1)
 */
export function dispositionOf(result: AttemptResult, attempt: number, policy: RetryPolicy, random: number): Disposition {
  if (isSuccess(result)) return { kind: 'delivered' };
  if (isGone(result)) return { kind: 'dead', reason: 'gone' };
  const delayMs = policy.scheduleMs[attempt - 1];
  if (delayMs === undefined) return { kind: 'dead', reason: 'attempts_exhausted' };
  const askedMs = askedDelayMs(result, policy);
  if (askedMs > 0) return { kind: 'retry', delayMs: askedMs };
  return { kind: 'retry', delayMs: Math.round(delayMs * (1 + 0.2 * random)) };
}
