/** OAuth 2 client credentials (RFC 6749, 4.4): an access token is asked for, and sent as a bearer token. */
export interface OAuth2Auth {
  readonly type: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** Asked for by some servers, such as Auth0. */
  readonly audience?: string | undefined;
  /** How the client authenticates at the token URL: in `authorization` (the default), or in the body (RFC 6749, 2.3.1). */
  readonly clientAuth?: 'basic' | 'body' | undefined;
}

/** How an endpoint's requests authenticate to the receiver: what is in their `authorization`. */
export type EndpointAuth =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string }
  | OAuth2Auth;

/** The value of `authorization`, which stays the same until the endpoint changes. */
export function authorizationOf(auth: Exclude<EndpointAuth, OAuth2Auth>): string {
  // UTF-8, as RFC 7617, 2.1 recommends.
  return auth.type === 'bearer' ? bearer(auth.token) : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}

export function bearer(token: string): string {
  return `Bearer ${token}`;
}
