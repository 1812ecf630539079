import { describe, expect, it } from '@jest/globals';
import { replayHeaders } from './replay.js';
import { keptHeaders, passedHeaders, settledState } from './response-policy.js';

describe('settledState', () => {
  it('keeps every answer except 5xx and those that ask for a retry', () => {
    const failed = [200, 201, 204, 302, 304, 400, 401, 404, 408, 409, 410, 422, 425, 429, 500, 502, 503, 504].filter((status) => settledState(status, 'request') === 'failed');
    expect(failed).toEqual([408, 425, 429, 500, 502, 503, 504]);
  });

  it('keeps only 2xx of a webhook receiver, because the sender repeats until it gets one', () => {
    expect([200, 204, 299, 301, 400, 404, 410, 429, 500].filter((status) => settledState(status, 'webhook') === 'completed')).toEqual([200, 204, 299]);
  });
});

describe('headers', () => {
  it('of a replay have the age, the original one included, and one replay mark', () => {
    const kept = keptHeaders(['date', 'then', 'age', '3', 'idempotent-replayed', 'true'], 0);
    expect(replayHeaders(kept, 2_500)).toEqual(['date', 'then', 'age', '5', 'idempotent-replayed', 'true']);
    expect(replayHeaders(['age', 'nonsense', 'age', '7'], -1)).toEqual(['age', '0', 'idempotent-replayed', 'true']);
  });

  it('of the connection are not passed on, including the listed ones', () => {
    const headers = { connection: 'keep-alive, X-Hop', 'keep-alive': 'timeout=5', 'transfer-encoding': 'chunked', upgrade: 'h2c', te: 'x', trailer: 'x', 'x-hop': '1', 'x-end': '2', 'set-cookie': ['a=1', 'b=2'], none: undefined };
    expect(passedHeaders(headers)).toEqual(['x-end', '2', 'set-cookie', 'a=1', 'set-cookie', 'b=2']);
  });

  it('are stored as in a cache: the original Date, no cookies, no proxy authentication', () => {
    expect(keptHeaders(['date', 'then', 'set-cookie', 'a=1', 'proxy-authenticate', 'x', 'age', '3', 'etag', '"x"'], 0)).toEqual(['date', 'then', 'age', '3', 'etag', '"x"']);
    expect(keptHeaders(['etag', '"x"'], 0)).toEqual(['etag', '"x"', 'date', 'Thu, 01 Jan 1970 00:00:00 GMT']);
  });
});
