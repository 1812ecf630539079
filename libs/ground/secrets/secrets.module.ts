import { Module } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { CONFIG } from '#ground/process/process-context';
import { SecretBox } from './secret-box.js';

/** Encryption with LOCKSTEP_SECRET_KEY; what LOCKSTEP_SECRET_KEY_OLD encrypted can be read. */
@Module({
  providers: [{ provide: SecretBox, inject: [CONFIG], useFactory: ({ secretKey, formerSecretKeys }: Pick<Config, 'secretKey' | 'formerSecretKeys'>) => new SecretBox(secretKey, formerSecretKeys) }],
  exports: [SecretBox],
})
export class SecretsModule {}
