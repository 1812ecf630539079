import { describe, expect, it } from '@jest/globals';
import { endpointChangeSchema, newEndpointSchema } from './endpoint.schema.js';

const url = 'https://example.com/hooks';

function pathsRefused(settings: Record<string, unknown>): string[] {
  const parsed = newEndpointSchema.safeParse({ url, ...settings });
  return parsed.success ? [] : parsed.error.issues.map((issue) => [...issue.path, ...('keys' in issue ? issue.keys : [])].join('.'));
}

describe('a new endpoint', () => {
  it('has the documented defaults', () => {
    expect(newEndpointSchema.parse({ url })).toEqual({
      url, description: '', eventTypes: ['*'], filter: null, ordering: 'entity', dlqPolicy: 'continue', retrySchedule: null, timeoutMs: 15_000, maxConcurrency: 64,
      maxRetryAfterSeconds: 86_400, rateLimit: null, disableAfter: null, headers: {}, auth: null, signature: 'v1', metadata: {}, startAt: 'now',
    });
  });

  it.each([null, '1m', '60000ms', '90m', '5d', '30d'])('takes the time to disable it after %j', (disableAfter) => {
    expect(pathsRefused({ disableAfter })).toEqual([]);
  });

  it.each(['', '59s', '31d', '05d', '0m', '5', 5])('refuses the time to disable it after %j', (disableAfter) => {
    expect(pathsRefused({ disableAfter })).toEqual(['disableAfter']);
  });

  it.each(['ftp://x', 'example.com', 'https://u:p@example.com/', 'https://example.com/#', 'https://example.com/#a', ' https://example.com', 'https://exa mple.com', '', 7])('refuses the URL %j', (bad) => {
    expect(pathsRefused({ url: bad })).toEqual(['url']);
  });

  it.each(['now', 'earliest', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5+02:00'])('starts at %j', (startAt) => {
    expect(pathsRefused({ startAt })).toEqual([]);
  });

  it.each(['later', '2026-01-31', 'infinity', '9999-01-01T00:00:00Z', '0000-12-31T00:00:00Z', '0001-01-01T00:00:00+01:00', 7, null])('does not start at %j', (startAt) => {
    expect(pathsRefused({ startAt })).toEqual(['startAt']);
  });

  it.each([['order.*'], ['*', 'order.created'], ['a.b.c.*']])('takes event types %j', (...eventTypes) => {
    expect(pathsRefused({ eventTypes })).toEqual([]);
  });

  it.each(['', '**', 'order*', 'order.*.created', '.*', 'a b'])('refuses the event type %j', (type) => {
    expect(pathsRefused({ eventTypes: ['ok', type] })).toEqual(['eventTypes.1']);
  });

  it.each(['Host', 'content-type', 'Content-Length', 'Transfer-Encoding', 'User-Agent', 'webhook-id', 'Lockstep-Attempt', 'bad name', 'x:y', ''])('refuses the header %j', (name) => {
    expect(pathsRefused({ headers: { [name]: 'v' } })).toEqual([`headers.${name}`]);
  });

  it('refuses header values that would end the header, and names given twice', () => {
    expect(pathsRefused({ headers: { 'x-a': 'v\r\nx-b: w' } })).toEqual(['headers.x-a']);
    expect(pathsRefused({ headers: { 'x-a': '1', 'X-A': '2' } })).toEqual(['headers.x-a', 'headers.X-A']);
    expect(pathsRefused({ headers: { Authorization: 'Bearer t', 'X-Empty': '' } })).toEqual([]);
  });

  it.each([{ retrySchedule: ['1s', '8d'] }, { retrySchedule: ['soon'] }])('refuses %j', (settings) => {
    expect(pathsRefused(settings)).toHaveLength(1);
  });

  it.each([{ perSecond: 0.01 }, { perSecond: 1_000_000, burst: 1_000_000 }, { perSecond: 0.0167, burst: 1 }, null])('takes the rate limit %j', (rateLimit) => {
    expect(pathsRefused({ rateLimit })).toEqual([]);
  });

  it.each([5, {}, { perSecond: 0.009 }, { perSecond: 1_000_001 }, { perSecond: 1, burst: 0 }, { perSecond: 1, burst: 1.5 }, { perSecond: 1, burst: 1_000_001 }, { perSecond: 1, perMinute: 1 }])('refuses the rate limit %j', (rateLimit) => {
    expect(pathsRefused({ rateLimit })).toHaveLength(1);
  });

  it('names unknown members', () => {
    expect(pathsRefused({ publicKey: 'x', colour: 'red' })).toEqual(['publicKey.colour']);
  });
});

describe('a change', () => {
  it('leaves out settings that were not given', () => {
    expect(endpointChangeSchema.parse({ rateLimit: null })).toEqual({ rateLimit: null });
  });

  it('refuses a change of ordering with the reason', () => {
    expect(endpointChangeSchema.safeParse({ ordering: 'none' }).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
      'ordering can not be changed, since the sequences of its lanes would break: create another endpoint',
    ]);
  });
});
