import { describe, expect, it, jest } from '@jest/globals';
import { HttpExchange } from '#ground/http-client/http-exchange';
import { Exchange } from './exchange.js';

/** An attempt with a timeout of 1 s, whose request waits for a connection. */
function waiting(): { readonly exchange: Exchange; readonly http: HttpExchange; readonly startMs: number } {
  const startMs = performance.now();
  const exchange = new Exchange(1_000, () => undefined);
  const http = new HttpExchange({ method: 'POST', target: '/', headers: [], body: undefined, mayRepeat: () => true }, '', exchange);
  exchange.http = http;
  return { exchange, http, startMs };
}

it('the time of an attempt is measured in fractions of a millisecond', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  const { exchange } = waiting();
  clock.mockReturnValue(1_001.4);
  exchange.fail('reset');
  clock.mockRestore();
  expect((await exchange.result)?.durationMs).toBeCloseTo(1.4);
});

describe('the timeout of an attempt', () => {
  it('begins when it gets a connection: waiting for one uses up nothing of it', async () => {
    const { exchange, http, startMs } = waiting();
    http.carriedSinceMs = startMs + 900;
    exchange.checkTimeout(startMs + 1_800);
    expect(http.hasEnded).toBe(false);
    exchange.checkTimeout(startMs + 1_950);
    expect(await exchange.result).toMatchObject({ statusCode: undefined, error: 'No complete response within 1000 ms' });
    expect(http.hasEnded).toBe(true);
  });

  it('ends one that gets no connection, which does not count as an attempt', async () => {
    const { exchange, http, startMs } = waiting();
    exchange.checkTimeout(startMs + 1_100);
    expect(await exchange.result).toBeUndefined();
    expect(http.hasEnded).toBe(true);
  });
});
