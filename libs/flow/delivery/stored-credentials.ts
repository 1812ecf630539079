import type { SecretBox } from '#ground/secrets/secret-box';
import { authContext, headersContext, secretContext } from '#ground/secrets/secret-contexts';
import { authorizationOf, type EndpointAuth, type OAuth2Auth } from './endpoint-auth.js';
import type { SigningKey } from './signing-keys.js';
import { signingKeyOf } from './signing-secret.js';

/** What an endpoint has of its own in each request, besides the signature. */
export interface OwnHeaders {
  /** Custom headers, and `authorization` unless a token must be asked for. */
  readonly headers: Readonly<Record<string, string>>;
  /** Each request needs an access token. */
  readonly oauth2: OAuth2Auth | undefined;
}

interface SealedHeaders {
  /** Its UUID. */
  readonly publicId: string;
  readonly headersCiphertext: Buffer | null;
  readonly authCiphertext: Buffer | null;
}

interface SealedSecrets {
  /** Its UUID. */
  readonly publicId: string;
  /** The newest first. */
  readonly secretCiphertexts: readonly Buffer[] | null;
  /** Null: never. */
  readonly secretsExpireInMs: readonly (number | null)[] | null;
}

/** @throws SecretBoxError */
export function ownHeadersOf(secrets: SecretBox, row: SealedHeaders): OwnHeaders {
  const headers = customHeadersOf(secrets, row);
  const auth = authOf(secrets, row);
  if (auth === undefined) return { headers, oauth2: undefined };
  return auth.type === 'oauth2' ? { headers, oauth2: auth } : { headers: { ...headers, authorization: authorizationOf(auth) }, oauth2: undefined };
}

/** @throws SecretBoxError */
export function customHeadersOf(secrets: SecretBox, { publicId, headersCiphertext }: Pick<SealedHeaders, 'publicId' | 'headersCiphertext'>): Readonly<Record<string, string>> {
  return headersCiphertext === null ? {} : (JSON.parse(secrets.open(headersCiphertext, headersContext(publicId))) as Record<string, string>);
}

/** @throws SecretBoxError */
export function authOf(secrets: SecretBox, { publicId, authCiphertext }: Pick<SealedHeaders, 'publicId' | 'authCiphertext'>): EndpointAuth | undefined {
  return authCiphertext === null ? undefined : (JSON.parse(secrets.open(authCiphertext, authContext(publicId))) as EndpointAuth);
}

/** @throws SecretBoxError */
export function signingKeysOf(secrets: SecretBox, { publicId, secretCiphertexts, secretsExpireInMs }: SealedSecrets): SigningKey[] {
  return (secretCiphertexts ?? []).map((box, i) => ({
    key: signingKeyOf(secrets.open(box, secretContext(publicId))),
    expiresInMs: secretsExpireInMs?.[i] ?? undefined,
  }));
}
