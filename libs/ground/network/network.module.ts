import { Module } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { CONFIG } from '#ground/process/process-context';
import { AddressPolicy } from './address-policy.js';
import { NameResolver } from './name-resolver.js';

/** Which addresses deliveries may reach. */
@Module({
  providers: [{ provide: AddressPolicy, inject: [CONFIG], useFactory: (config: Pick<Config, 'allowHttp' | 'allowPrivateNetworks'>) => new AddressPolicy(config, new NameResolver()) }],
  exports: [AddressPolicy],
})
export class NetworkModule {}
