import { describe, expect, it } from '@jest/globals';
import { SecretBox, SecretBoxError } from '#ground/secrets/secret-box';
import { authContext, headersContext } from '#ground/secrets/secret-contexts';
import type { EndpointAuth } from './endpoint-auth.js';
import { ownHeadersOf } from './stored-credentials.js';

const box = new SecretBox('k'.repeat(32));
const publicId = '0192c1f0-0000-7000-8000-0000000000ab';

function row(auth: EndpointAuth | undefined, headers = { 'x-own': '1' }) {
  return {
    publicId, headersCiphertext: box.seal(JSON.stringify(headers), headersContext(publicId)),
    authCiphertext: auth === undefined ? null : box.seal(JSON.stringify(auth), authContext(publicId)),
  };
}

describe('the own headers of an endpoint', () => {
  it('have its custom headers and, for basic and bearer, the authorization', () => {
    expect(ownHeadersOf(box, row(undefined))).toEqual({ headers: { 'x-own': '1' }, oauth2: undefined });
    expect(ownHeadersOf(box, row({ type: 'bearer', token: 't0k.en' }))).toEqual({ headers: { 'x-own': '1', authorization: 'Bearer t0k.en' }, oauth2: undefined });
    // The example of RFC 7617, 2.1.
    expect(ownHeadersOf(box, row({ type: 'basic', username: 'test', password: '123£' })).headers['authorization']).toBe('Basic dGVzdDoxMjPCow==');
  });

  it('have no authorization for OAuth 2, whose token must be asked for', () => {
    const oauth2: EndpointAuth = { type: 'oauth2', tokenUrl: 'https://auth.example.com/', clientId: 'id', clientSecret: 'secret', clientAuth: 'basic' };
    expect(ownHeadersOf(box, row(oauth2))).toEqual({ headers: { 'x-own': '1' }, oauth2 });
  });

  it('cannot be had from another row, or with another key', () => {
    const stored = row({ type: 'bearer', token: 't' });
    expect(() => ownHeadersOf(box, { ...stored, publicId: publicId.replace('ab', 'ac') })).toThrow(SecretBoxError);
    expect(() => ownHeadersOf(new SecretBox('l'.repeat(32)), stored)).toThrow(SecretBoxError);
  });
});
