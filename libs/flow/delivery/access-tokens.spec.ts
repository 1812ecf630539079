import { describe, expect, it } from '@jest/globals';
import { type Moment, now } from '#domain/clock';
import { AccessToken, type TokenResult } from './access-token.js';
import { AccessTokens } from './access-tokens.js';
import type { OAuth2Auth } from './endpoint-auth.js';

const AUTH: OAuth2Auth = { type: 'oauth2', tokenUrl: 'https://auth.example.com/token', clientId: 'id', clientSecret: 'secret', clientAuth: 'basic' };
const ENDPOINT = 7;
const LIFETIME_MS = 100_000;
const TIMEOUT_MS = 1_000;

function ago(ms: number): Moment {
  const { monotonicMs, wallMs } = now();
  return { monotonicMs: monotonicMs - ms, wallMs: wallMs - ms };
}

/** A server that answers when the test says so. */
function world() {
  const asked: { readonly auth: OAuth2Auth; readonly answer: (result: TokenResult) => void }[] = [];
  let listener: (target: { id: number; deleted: boolean; oauth2: OAuth2Auth | undefined }) => void = () => undefined;
  const tokens = new AccessTokens(
    { fetch: (auth) => new Promise((answer) => asked.push({ auth, answer })) },
    { onChange: (added) => (listener = added as typeof listener) },
  );
  const get = async (auth = AUTH): Promise<string> => {
    const result = await tokens.get(ENDPOINT, auth, TIMEOUT_MS);
    return 'token' in result ? result.token.value : result.error;
  };
  /** The token of the n-th request, which was asked for so long ago. */
  const answer = (n: number, value: string, ageMs = 0): AccessToken => {
    const token = new AccessToken(value, ago(ageMs), LIFETIME_MS);
    asked[n]?.answer({ token });
    return token;
  };
  return { tokens, asked, get, answer, changed: (target: Parameters<typeof listener>[0]) => listener(target) };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('access tokens', () => {
  it('are asked for once, however many lanes wait, and kept', async () => {
    const { asked, get, answer } = world();
    const waiting = [get(), get(), get()];
    answer(0, 'first');
    expect(await Promise.all(waiting)).toEqual(['first', 'first', 'first']);
    expect([await get(), asked.length]).toEqual(['first', 1]);
  });

  it('are renewed in the background before they end, one request at a time', async () => {
    const { asked, get, answer } = world();
    const first = get();
    answer(0, 'first', 0.85 * LIFETIME_MS);
    expect([await first, await get(), await get(), asked.length]).toEqual(['first', 'first', 'first', 2]);
    answer(1, 'second');
    await settled();
    expect([await get(), asked.length]).toEqual(['second', 2]);
  });

  it('are not used to their very end', async () => {
    const { asked, get, answer } = world();
    const first = get();
    answer(0, 'first', 0.95 * LIFETIME_MS);
    await first;
    const second = get();
    expect(asked.length).toBe(2);
    answer(1, 'second');
    expect(await second).toBe('second');
  });

  it('keep the token that is valid when its renewal fails', async () => {
    const { asked, get, answer } = world();
    const first = get();
    answer(0, 'first', 0.85 * LIFETIME_MS);
    await first;
    expect(await get()).toBe('first');
    asked[1]?.answer({ error: 'oauth2: no' });
    await settled();
    expect([await get(), await get(), asked.length]).toEqual(['first', 'first', 2]);
  });

  it('are not asked for again at once after a failure', async () => {
    const { asked, get } = world();
    const first = get();
    asked[0]?.answer({ error: 'oauth2: the token URL answered 503' });
    expect([await first, await get(), asked.length]).toEqual(['oauth2: the token URL answered 503', 'oauth2: the token URL answered 503', 1]);
  });

  it('are dropped when the receiver refuses them, but not one after the other', async () => {
    const { tokens, asked, get, answer } = world();
    const waiting = get();
    const first = answer(0, 'first');
    await waiting;
    tokens.refused(ENDPOINT, first);
    // Of another lane, which was under way with the same token.
    tokens.refused(ENDPOINT, first);
    const renewed = get();
    const second = answer(1, 'second');
    expect(await renewed).toBe('second');
    tokens.refused(ENDPOINT, second);
    expect([await get(), asked.length]).toEqual(['second', 2]);
  });

  it('are of the settings: others have another one, also when the answer for the former comes late', async () => {
    const { asked, get, answer } = world();
    const former = get();
    const changed = get({ ...AUTH, clientSecret: 'other' });
    answer(0, 'former');
    answer(1, 'changed');
    expect([await former, await changed]).toEqual(['former', 'changed']);
    expect([await get({ ...AUTH, clientSecret: 'other' }), asked.map(({ auth }) => auth.clientSecret)]).toEqual(['changed', ['secret', 'other']]);
  });

  it('are forgotten with the endpoint', async () => {
    const { asked, get, answer, changed } = world();
    const first = get();
    answer(0, 'first');
    await first;
    changed({ id: ENDPOINT, deleted: true, oauth2: undefined });
    void get();
    expect(asked.length).toBe(2);
  });
});
