import { Module } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { CONFIG } from '#ground/process/process-context';
import { SecretBox } from './secret-box.js';

/** Encryption with LOCKSTEP_SECRET_KEY. */
@Module({
  providers: [{ provide: SecretBox, inject: [CONFIG], useFactory: ({ secretKey }: Pick<Config, 'secretKey'>) => new SecretBox(secretKey) }],
  exports: [SecretBox],
})
export class SecretsModule {}
