import { expect, test } from '@jest/globals';
import { type ErrorCode, isErrorCode, LockstepError } from './problem.js';

// The codes of the API, of idempotent requests and of the proxy, of errors before there is a request (408, 431), and `internal` for unexpected errors.
const STATUSES: Record<ErrorCode, number> = {
  invalid_request: 400,
  invalid_idempotency_key: 400,
  idempotency_key_required: 400,
  destination_not_allowed: 400,
  unknown_event_type: 400,
  schema_mismatch: 400,
  unauthenticated: 401,
  invalid_signature: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  request_in_progress: 409,
  request_indeterminate: 409,
  response_not_kept: 409,
  sequence_regressed: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  upstream_unavailable: 502,
  upstream_interrupted: 502,
  upstream_timeout: 504,
  overloaded: 503,
  source_unavailable: 503,
  store_unavailable: 503,
};

test.each(Object.entries(STATUSES) as [ErrorCode, number][])('%s is a problem document with status %d', (code, status) => {
  const error = new LockstepError(code, 'what was wrong');
  const { title, ...rest } = error.toProblem();
  expect(error.status).toBe(status);
  expect(title).toMatch(/^[A-Z]/);
  expect(rest).toEqual({ type: `urn:lockstep:problem:${code}`, status, code, detail: 'what was wrong', errors: [] });
});

test('only errors that may pass by themselves are retriable', () => {
  const retriable = (Object.keys(STATUSES) as ErrorCode[]).filter((code) => new LockstepError(code, '').retriable);
  expect(retriable).toEqual(['request_timeout', 'request_in_progress', 'rate_limited', 'upstream_unavailable', 'overloaded', 'source_unavailable', 'store_unavailable']);
});

test('an error keeps its details, its cause and how long to wait', () => {
  const cause = new Error('underneath');
  const errors = [{ path: '/entity', message: 'must not be empty' }];
  const error = new LockstepError('overloaded', 'full', { cause, errors, retryAfterSeconds: 2 });
  expect(error.cause).toBe(cause);
  expect(error.retryAfterSeconds).toBe(2);
  expect(error.toProblem().errors).toEqual(errors);
  expect(JSON.stringify(error.toProblem())).not.toContain('underneath');
});

test('a code is known by its text, and nothing that every object has is one', () => {
  expect(['overloaded', 'toString', '__proto__', ''].map(isErrorCode)).toEqual([true, false, false, false]);
});
