import { Injectable } from '@nestjs/common';
import { parseDurationMs } from '#domain/duration';
import { toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import type { EndpointAuth } from '#flow/delivery/endpoint-auth';
import { authOf, customHeadersOf } from '#flow/delivery/stored-credentials';
import { newSigningSecret, publicKeyOf, schemeOf, type SignatureScheme, signingSecretProblem } from '#flow/delivery/signing-secret';
import { invalidBody } from '#ground/http/schema.pipe';
import { SecretBox } from '#ground/secrets/secret-box';
import { authContext, headersContext, secretContext } from '#ground/secrets/secret-contexts';
import type { IChangeEndpointParams } from './change-endpoint.queries.js';
import type { EndpointChange, NewEndpoint } from './endpoint.schema.js';
import { MASK, maskedAuth, secretOf, type ShownAuth, withStoredSecret } from './endpoint-auth.schema.js';
import { DEFAULT_OVERLAP, MAX_LIVE_SECRETS } from './endpoint-secret.schema.js';
import { EndpointSecretsRepository } from './endpoint-secrets.repository.js';
import type { EndpointRow } from './endpoints.repository.js';

/** A signing secret, to be shown once and to be stored. */
export interface SealedSecret {
  readonly secret: string;
  readonly publicKey: string | null;
  readonly secretCiphertext: Buffer;
}

export interface SealedCredentials extends SealedSecret {
  readonly headersCiphertext: Buffer | null;
  readonly authCiphertext: Buffer | null;
}

/** The columns that change-endpoint.sql sets, and the version that they hold for. */
type CredentialChange = Pick<
  IChangeEndpointParams,
  'version' | 'setsHeaders' | 'headersCiphertext' | 'setsAuth' | 'authCiphertext' | 'setsSecret' | 'publicKey' | 'secretCiphertext' | 'overlapMs'
>;

type Headers = Readonly<Record<string, string>>;

/** What an endpoint stores encrypted: its signing secret, its headers, and how its requests authenticate. */
@Injectable()
export class EndpointCredentials {
  constructor(
    private readonly secrets: SecretBox,
    private readonly repository: EndpointSecretsRepository,
  ) {}

  /** @throws LockstepError invalid_request */
  ofNew(publicId: string, { signature, secret, headers, auth }: Pick<NewEndpoint, 'signature' | 'secret' | 'headers' | 'auth'>): SealedCredentials {
    if (auth !== null) {
      const [name, value] = secretOf(auth);
      if (value === MASK) throw refused(['auth', name], `must be the secret itself: ${MASK} stands for one that is stored`);
      refuseBoth(headers);
    }
    return { ...this.signingSecret(publicId, signature, secret), headersCiphertext: this.sealedHeaders(publicId, headers), authCiphertext: this.sealedAuth(publicId, auth ?? undefined) };
  }

  /** @param given otherwise one is made. @throws LockstepError invalid_request */
  signingSecret(publicId: string, scheme: SignatureScheme, given?: string): SealedSecret {
    const problem = given === undefined ? undefined : signingSecretProblem(given, scheme);
    if (problem !== undefined) throw refused(['secret'], problem);
    const secret = given ?? newSigningSecret(scheme);
    return { secret, publicKey: publicKeyOf(secret), secretCiphertext: this.secrets.seal(secret, secretContext(publicId)) };
  }

  /**
   * What a change sets.
   * @param row the endpoint as it is
   * @throws LockstepError invalid_request; conflict for too many secrets
   */
  async ofChanged(row: EndpointRow, { url, headers, auth: given, signature }: EndpointChange): Promise<CredentialChange> {
    const isGiven = given !== undefined && (given === null || secretOf(given)[1] !== MASK);
    // What is given anew need not be opened: it may replace one that does not open.
    const stored = isGiven || (url ?? headers ?? given) === undefined ? undefined : authOf(this.secrets, row);
    const auth = given === undefined || given === null ? given : unmasked(given, stored);
    const next = given === undefined ? stored : (auth ?? undefined);
    if (!isGiven && next !== undefined && url !== undefined && new URL(url).origin !== new URL(row.url).origin) {
      throw refused(['auth'], 'must be given anew, with its secret, since a stored one is sent only to the origin that it was given for; null removes it');
    }
    if (next !== undefined) refuseBoth(headers ?? customHeadersOf(this.secrets, row));
    const renewed = signature === undefined || signature === schemeOf(row.publicKey) ? undefined : this.signingSecret(row.publicId, signature);
    if (renewed !== undefined) await this.refuseTooMany(row);
    return {
      version: (url ?? headers ?? auth ?? renewed) === undefined ? undefined : row.version,
      setsHeaders: headers !== undefined,
      headersCiphertext: headers === undefined ? null : this.sealedHeaders(row.publicId, headers),
      setsAuth: auth !== undefined,
      authCiphertext: this.sealedAuth(row.publicId, auth ?? undefined),
      setsSecret: renewed !== undefined,
      publicKey: renewed?.publicKey ?? null,
      secretCiphertext: renewed?.secretCiphertext ?? null,
      overlapMs: parseDurationMs(DEFAULT_OVERLAP) ?? 0,
    };
  }

  /** @throws LockstepError conflict if the endpoint has no room for a further secret beside those that are valid */
  async refuseTooMany({ id, publicId }: EndpointRow): Promise<void> {
    if ((await this.repository.countLive(id)) < MAX_LIVE_SECRETS) return;
    throw new LockstepError('conflict', `The endpoint ${toPublicId('ep', publicId)} has ${MAX_LIVE_SECRETS} signing secrets that are valid, which is the limit: wait until one ends, or rotate with the overlap 0s, which ends all of them`);
  }

  /** Without its secret. */
  shownAuth(row: EndpointRow): ShownAuth | null {
    const auth = authOf(this.secrets, row);
    return auth === undefined ? null : maskedAuth(auth);
  }

  headers(row: EndpointRow): Record<string, string> {
    return { ...customHeadersOf(this.secrets, row) };
  }

  private sealedHeaders(publicId: string, headers: Headers): Buffer | null {
    return Object.keys(headers).length === 0 ? null : this.secrets.seal(JSON.stringify(headers), headersContext(publicId));
  }

  private sealedAuth(publicId: string, auth: EndpointAuth | undefined): Buffer | null {
    return auth === undefined ? null : this.secrets.seal(JSON.stringify(auth), authContext(publicId));
  }
}

/** @throws LockstepError invalid_request */
function unmasked(given: EndpointAuth, stored: EndpointAuth | undefined): EndpointAuth {
  const [name, value] = secretOf(given);
  if (value !== MASK) return given;
  const auth = withStoredSecret(given, stored);
  if (auth === undefined) throw refused(['auth', name], `must be the secret itself: none is stored for this \`type\`${given.type === 'oauth2' ? ' and `tokenUrl`' : ''}`);
  return auth;
}

/** Of an endpoint with `auth`. @throws LockstepError invalid_request */
function refuseBoth(headers: Headers): void {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'authorization');
  if (name !== undefined) throw refused(['headers', name], 'must be left out, since auth sets this header');
}

function refused(path: readonly string[], message: string): Error {
  return invalidBody([{ path, message }]);
}
