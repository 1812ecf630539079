import { type DynamicModule, Module } from '@nestjs/common';
import { Lifetime } from './lifetime.js';
import { LifetimeIndicator } from './lifetime.indicator.js';
import { CONFIG, FATAL, LOGGER, type ProcessContext } from './process-context.js';
import { ProcessIdentity } from './process-identity.js';

/** Configuration, logger, lifetime and identity of the process. Global, and the only module with ready-made values. */
@Module({})
export class ProcessModule {
  static of<AppConfig>({ config, logger, fatal }: ProcessContext<AppConfig>): DynamicModule {
    return {
      module: ProcessModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }, { provide: LOGGER, useValue: logger }, { provide: FATAL, useValue: fatal }, Lifetime, LifetimeIndicator, ProcessIdentity],
      exports: [CONFIG, LOGGER, FATAL, Lifetime, LifetimeIndicator, ProcessIdentity],
    };
  }
}
