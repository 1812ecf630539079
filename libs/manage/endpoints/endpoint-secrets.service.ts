import { Injectable } from '@nestjs/common';
import { parseDurationMs } from '#domain/duration';
import { publicKeyOf, schemeOf } from '#flow/delivery/signing-secret';
import { auditedBy, type Principal } from '#ground/http/principal';
import { SecretBox, SecretBoxError } from '#ground/secrets/secret-box';
import { secretContext } from '#ground/secrets/secret-contexts';
import { EndpointCredentials } from './endpoint-credentials.js';
import { endpointNotFound, endpointUuid } from './endpoint-id.js';
import type { EndpointSecretRotation, EndpointSecrets, RotatedEndpoint } from './endpoint-secret.schema.js';
import { EndpointSecretsRepository } from './endpoint-secrets.repository.js';
import { EndpointsService } from './endpoints.service.js';

/** Signing secrets of endpoints. Every method throws not_found for a deleted endpoint, and for one of another tenant. */
@Injectable()
export class EndpointSecretsService {
  constructor(
    private readonly endpoints: EndpointsService,
    private readonly repository: EndpointSecretsRepository,
    private readonly credentials: EndpointCredentials,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Requests are signed with the secrets before, too, for the overlap. A repetition with the same secret, such as after a lost
   * answer, has no further effect.
   * @throws LockstepError invalid_request for a secret of the other kind; conflict for too many that are valid
   */
  async rotate(principal: Principal, id: string, { secret: given, overlap }: EndpointSecretRotation): Promise<RotatedEndpoint> {
    const overlapMs = parseDurationMs(overlap) ?? 0;
    const secret = await this.endpoints.onCurrent(principal.tenant, id, async (row) => {
      const { secret: next, publicKey, secretCiphertext } = this.credentials.signingSecret(row.publicId, schemeOf(row.publicKey), given);
      const newest = given === undefined ? undefined : await this.repository.findNewest(row.id);
      const current = newest !== undefined && this.holds(newest.ciphertext, row.publicId, next) ? newest : undefined;
      if (current !== undefined && current.othersEndInMs <= overlapMs) return next;
      if (current === undefined && overlapMs > 0) await this.credentials.refuseTooMany(row);
      const isRotated = await this.repository.rotate({ by: auditedBy(principal), subject: id, id: row.id, version: row.version, publicKey, secretCiphertext, current: current?.id, overlapMs });
      return isRotated ? next : undefined;
    });
    return { ...(await this.endpoints.get(principal.tenant, id)), secret };
  }

  /** Those with which requests are signed now, newest first. Audited. */
  async read(principal: Principal, id: string): Promise<EndpointSecrets> {
    const publicId = endpointUuid(id);
    const rows = await this.repository.read({ tenant: principal.tenant, publicId, by: auditedBy(principal), subject: id });
    const secrets = rows.map(({ ciphertext, createdAt, expiresAt }) => {
      const secret = this.secrets.open(ciphertext, secretContext(publicId));
      const publicKey = publicKeyOf(secret);
      return { secret, signature: schemeOf(publicKey), publicKey, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
    });
    const [newest] = secrets;
    if (newest === undefined) throw endpointNotFound(id);
    return { secret: newest.secret, secrets };
  }

  /** A box that does not open holds another secret: a rotation may replace it. */
  private holds(box: Buffer, publicId: string, secret: string): boolean {
    try {
      return this.secrets.open(box, secretContext(publicId)) === secret;
    } catch (error) {
      if (error instanceof SecretBoxError) return false;
      throw error;
    }
  }
}
