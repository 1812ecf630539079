import { describe, expect, it } from '@jest/globals';
import { LockstepError } from '#domain/problem';
import { faultOf, type RawAnswer } from './raw-http.js';

const answerOf = (error: LockstepError): RawAnswer => ({
  status: error.status,
  headers: { 'content-type': 'application/problem+json', ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }) },
  body: Buffer.from(JSON.stringify(error.toProblem())),
});

describe('faultOf', () => {
  it.each(['store_unavailable', 'overloaded'] as const)('takes a well-formed 503 for a fault, Retry-After or not: %s', (code) => {
    expect(faultOf(answerOf(new LockstepError(code, 'Later', { retryAfterSeconds: 1 })), 'POST')).toMatch(/^a 503: /);
    expect(faultOf(answerOf(new LockstepError(code, 'Later')), 'HEAD')).toMatch(/^a 503: /);
  });

  it('takes a refusal that is a problem document of ours, and no other', () => {
    const refusal = answerOf(new LockstepError('invalid_request', 'No'));
    expect(faultOf(refusal, 'POST')).toBeUndefined();
    expect(faultOf({ ...refusal, headers: { 'content-type': 'text/html' } }, 'POST')).toMatch(/^a 400 of type text\/html/);
    expect(faultOf({ ...refusal, body: Buffer.from('{"status":400,"code":"elsewhere"}') }, 'POST')).toMatch(/^a 400 that is no problem of ours/);
    expect(faultOf(undefined, 'GET')).toBe('no answer');
  });
});
