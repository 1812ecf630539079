import { describe, expect, it } from '@jest/globals';
import { now } from '#domain/clock';
import type { AttemptResult } from '#domain/disposition';
import { AccessToken, type TokenResult } from './access-token.js';
import type { TokenSource } from './access-tokens.js';
import { AuthorizedAttempt } from './authorized-attempt.js';

const endpoint = { id: 1, oauth2: { type: 'oauth2', tokenUrl: 'https://auth.example.com/', clientId: 'id', clientSecret: 'secret', clientAuth: 'basic' }, timeoutMs: 1_000 } as const;
const token = new AccessToken('t0ken', now(), 60_000);
const resultOf = (statusCode: number): AttemptResult => ({ startedAtMs: 0, durationMs: 1, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined });

function world(found: Promise<TokenResult>, result: Promise<AttemptResult | undefined> | 'may not send') {
  const sent: { authorization: string; timeoutMs: number }[] = [];
  const refused: AccessToken[] = [];
  let aborted = 0;
  const tokens: TokenSource = { get: () => found, refused: (_, each) => void refused.push(each) };
  const attempt = new AuthorizedAttempt(tokens, endpoint, (authorization, timeoutMs) => {
    sent.push({ authorization, timeoutMs });
    return result === 'may not send' ? undefined : { result, abort: () => void (aborted += 1) };
  });
  return { attempt, sent, refused, aborted: () => aborted };
}

describe('an attempt with an access token', () => {
  it('sends it, in what is left of the timeout, and has the result of the exchange', async () => {
    const { attempt, sent, refused } = world(Promise.resolve({ token }), Promise.resolve(resultOf(200)));
    expect(await attempt.result).toMatchObject({ statusCode: 200 });
    expect(sent).toEqual([{ authorization: 'Bearer t0ken', timeoutMs: expect.any(Number) as unknown }]);
    expect(sent[0]?.timeoutMs).toBeLessThanOrEqual(1_000);
    expect(refused).toEqual([]);
  });

  it('has failed without one, and sends nothing', async () => {
    const { attempt, sent } = world(Promise.resolve({ error: 'oauth2: the token URL answered 500' }), Promise.resolve(resultOf(200)));
    expect(await attempt.result).toMatchObject({ statusCode: undefined, error: 'oauth2: the token URL answered 500' });
    expect(sent).toEqual([]);
  });

  it('says that the receiver has refused the token', async () => {
    const { attempt, refused } = world(Promise.resolve({ token }), Promise.resolve(resultOf(401)));
    await attempt.result;
    expect(refused).toEqual([token]);
  });

  it('does not count if it may no longer be sent when the token is there', async () => {
    expect(await world(Promise.resolve({ token }), 'may not send').attempt.result).toBeUndefined();
  });

  it('ends at once when it is aborted, while it waits for the token and afterwards', async () => {
    const waiting = world(new Promise(() => undefined), Promise.resolve(resultOf(200)));
    waiting.attempt.abort();
    expect([await waiting.attempt.result, waiting.sent]).toEqual([undefined, []]);
    const sent = world(Promise.resolve({ token }), Promise.resolve(undefined));
    await sent.attempt.result;
    sent.attempt.abort();
    expect(sent.aborted()).toBe(1);
  });
});
