import { Injectable } from '@nestjs/common';
import { mintId, toPublicId } from '#domain/ids';
import type { WebhookProviderName } from '#domain/source-provider';
import { DEFAULT_TENANT } from '#domain/tenant';
import type { Config } from '#ground/config/config';
import type { Actor } from '#ground/http/principal';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import { SecretBox } from '#ground/secrets/secret-box';
import { sourceSecretContext } from '#ground/secrets/secret-contexts';
import type { Logger } from '#ground/telemetry/logger';
import { openedSecret } from './opened-secret.js';
import { SourcesRepository } from './sources.repository.js';

/** A source that an environment variable sets up. */
interface EnvironmentSource {
  readonly name: string;
  readonly provider: WebhookProviderName;
  readonly variable: string;
  /** Undefined: the variable is not set. */
  readonly secret: string | undefined;
}

type EnvironmentConfig = Pick<Config, 'stripeWebhookSecret' | 'webhookSecret'>;

/** Gateways that start at once get in each other's way once or twice. */
const MAX_ATTEMPTS = 10;
const BY = JSON.stringify({ type: 'system', id: 'system', name: 'Lockstep' } satisfies Actor);

/**
 * Sets up the sources of the environment, in the tenant `default`, at the start of a gateway: one that is missing is created,
 * and the secret of the variable becomes valid in place of a former one of that variable. Everything else about the source is
 * as it was set through the API. Without the variable nothing changes.
 */
@Injectable()
export class EnvironmentSources {
  private readonly wanted: readonly EnvironmentSource[];

  constructor(
    @InjectConfig() { stripeWebhookSecret, webhookSecret }: EnvironmentConfig,
    private readonly repository: SourcesRepository,
    private readonly secrets: SecretBox,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.wanted = [
      { name: 'stripe', provider: 'stripe', variable: 'STRIPE_WEBHOOK_SECRET', secret: stripeWebhookSecret },
      // The provider's defaults: the hex HMAC-SHA-256 of the body in x-webhook-signature.
      { name: 'webhooks', provider: 'hmac', variable: 'WEBHOOKSECRET', secret: webhookSecret },
    ];
  }

  /** Returns when all of them are as the environment says, also while other gateways do the same. Logs those that it cannot set up. */
  async establish(): Promise<void> {
    for (const source of this.wanted) {
      if (source.secret !== undefined) await this.setUp(source, source.secret);
    }
  }

  /** Several gateways may do it at once: each writes only to what it has read. */
  private async setUp(source: EnvironmentSource, secret: string): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (await this.trySetUp(source, secret)) return;
    }
    throw new Error(`The source ${source.name} of ${source.variable} is being changed by others`);
  }

  /** Returns false if another change has come between. */
  private async trySetUp({ name, provider, variable }: EnvironmentSource, secret: string): Promise<boolean> {
    const { repository } = this;
    const found = await repository.findOfEnvironment(DEFAULT_TENANT, name);
    if (found === undefined) {
      const publicId = mintId();
      const { isCreated, hasRoom } = await repository.create({
        by: BY, subject: toPublicId('src', publicId), tenant: DEFAULT_TENANT, publicId, name, provider, settings: '{}', duplicates: 'replay', resubmit: 'none', enabled: true,
        secrets: [this.sealed(publicId, secret)], fromEnvironment: true,
      });
      if (!hasRoom) this.logger.error({ source: name }, `${variable} is ignored: the tenant "${DEFAULT_TENANT}" has as many sources as it can have`);
      return isCreated || !hasRoom;
    }
    if (found.provider !== provider) {
      this.logger.error({ source: name, provider: found.provider }, `${variable} is ignored: the source "${name}" has another provider than ${provider}. Rename or delete it`);
      return true;
    }
    const { id, publicId, version } = found;
    // One that does not open is replaced.
    if (found.secret !== null && openedSecret(this.secrets, found.secret, publicId) === secret) return true;
    return repository.setEnvironmentSecret({ by: BY, subject: toPublicId('src', publicId), id, version, variable, secret: this.sealed(publicId, secret) });
  }

  private sealed(publicId: string, secret: string): Buffer {
    return this.secrets.seal(secret, sourceSecretContext(publicId));
  }
}
