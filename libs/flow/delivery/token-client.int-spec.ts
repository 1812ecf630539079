import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { AddressPolicy, type AddressPolicyOptions } from '#ground/network/address-policy';
import { TokenServer } from '#dev/testing/token-server';
import type { TokenResult } from './access-token.js';
import type { OAuth2Auth } from './endpoint-auth.js';
import { TokenClient } from './token-client.js';

let server: TokenServer;

beforeEach(async () => {
  server = await TokenServer.start();
});

afterEach(() => server.stop());

const LOCAL: AddressPolicyOptions = { allowPrivateNetworks: ['127.0.0.0/8'], allowHttp: false };
const SECRET = 'p:a ß/+%&';

function fetchToken(changes: Partial<OAuth2Auth> = {}, policy = LOCAL, timeoutMs = 5_000): Promise<TokenResult> {
  const auth: OAuth2Auth = { type: 'oauth2', tokenUrl: server.url, clientId: 'client:1', clientSecret: SECRET, clientAuth: 'basic', ...changes };
  return new TokenClient(new AddressPolicy(policy), new SocketBudget(10)).fetch(auth, timeoutMs);
}

async function errorOf(fetching: Promise<TokenResult>): Promise<string> {
  const result = await fetching;
  return 'error' in result ? result.error : `a token: ${result.token.value}`;
}

/** RFC 6749, 2.3.1: id and secret are form-encoded first. */
function credentialsOf(authorization = ''): string[] {
  const text = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  return text.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
}

describe('TokenClient', () => {
  it('asks with the client credentials in `authorization`, and returns the token', async () => {
    const result = await fetchToken({ scope: 'hooks:write hooks:read', audience: 'https://api.example.com/' });
    expect(result).toMatchObject({ token: { value: 'token-1', isUsable: true, isOld: false } });
    expect(server.requests.map(({ form }) => Object.fromEntries(form))).toEqual([{ grant_type: 'client_credentials', scope: 'hooks:write hooks:read', audience: 'https://api.example.com/' }]);
    expect(credentialsOf(server.requests[0]?.headers.authorization)).toEqual(['client:1', SECRET]);
  });

  it('or in the body', async () => {
    expect(await fetchToken({ clientAuth: 'body' })).toHaveProperty('token');
    expect(server.requests.map(({ headers, form }) => [headers.authorization, Object.fromEntries(form)])).toEqual([
      [undefined, { grant_type: 'client_credentials', client_id: 'client:1', client_secret: SECRET }],
    ]);
  });

  it('knows how long the token is valid, and takes one without a time', async () => {
    server.answer = () => ({ body: { access_token: 'short', token_type: 'bearer', expires_in: 0 } });
    expect(await fetchToken()).toMatchObject({ token: { isUsable: false, isOld: true } });
    server.answer = () => ({ body: { access_token: 'unknown', token_type: 'bearer' } });
    expect(await fetchToken()).toMatchObject({ token: { isUsable: true, isOld: false } });
  });

  it.each([
    ['an error of OAuth', { status: 400, body: { error: 'invalid_scope' } }, 'oauth2: the token URL answered 400 invalid_scope'],
    ['a description, which may repeat the credentials', { status: 401, body: { error: 'invalid_client', error_description: `No client client:1 with ${SECRET}` } }, 'oauth2: the token URL answered 401 invalid_client'],
    ['an error with characters that RFC 6749 does not allow', { status: 400, body: { error: `invalid_client ${SECRET}` } }, 'oauth2: the token URL answered 400'],
    ['an error that is no code', { status: 400, body: { error: 'e'.repeat(65) } }, 'oauth2: the token URL answered 400'],
    ['another error', { status: 503, body: '<html>', headers: { 'content-type': 'text/html' } }, 'oauth2: the token URL answered 503'],
    ['a redirect, which is not followed', { status: 307, body: '', headers: { location: 'http://127.0.0.1:9/' } }, 'oauth2: the token URL answered 307'],
    ['no content', { status: 204, body: '' }, 'oauth2: the token URL answered 204'],
    ['another type', { body: { access_token: 't', token_type: 'mac' } }, /^oauth2: .*token_type/],
    ['a token that would end the header', { body: { access_token: 'a\r\nx-b: c', token_type: 'bearer' } }, 'oauth2: the token has characters that a header cannot have'],
    ['no token', { body: { token_type: 'bearer' } }, /^oauth2: .*access_token/],
    ['no JSON', { body: 'access_token=t&token_type=bearer' }, /^oauth2: /],
    ['more than 64 KiB', { body: { access_token: 't'.repeat(70_000), token_type: 'bearer' } }, /^oauth2: RESPONSE_TOO_LONG: /],
  ])('has an error for %s', async (_what, answer, expected) => {
    server.answer = () => answer;
    const error = await errorOf(fetchToken());
    if (typeof expected === 'string') expect(error).toBe(expected);
    else expect(error).toMatch(expected);
    expect(error).not.toContain(SECRET);
    expect(server.requests).toHaveLength(1);
  });

  it('has an error when nothing answers, or not in time', async () => {
    server.answer = () => undefined;
    expect(await errorOf(fetchToken({}, LOCAL, 150))).toBe('oauth2: no token within 150 ms');
    expect(await errorOf(fetchToken({ tokenUrl: 'http://127.0.0.1:9/' }))).toMatch(/^oauth2: ECONNREFUSED: /);
  });

  it('goes only where deliveries may go, by number or by name', async () => {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      expect(await errorOf(fetchToken({ tokenUrl: `https://${host}:${server.port}/` }, { allowPrivateNetworks: [], allowHttp: true }))).toMatch(/^oauth2: .* is not a public address/);
    }
    expect(await errorOf(fetchToken({ tokenUrl: `http://127.0.0.1:${server.port}/` }, { allowPrivateNetworks: [], allowHttp: false }))).toMatch(/^oauth2: .*LOCKSTEP_ALLOW_PRIVATE_NETWORKS/);
    expect(server.requests).toEqual([]);
  });
});
