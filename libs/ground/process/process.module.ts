import { type DynamicModule, Module } from '@nestjs/common';
import { Lifetime } from './lifetime.js';
import { LifetimeIndicator } from './lifetime.indicator.js';
import { CONFIG, FATAL, LOGGER, type ProcessContext } from './process-context.js';

/** Configuration, logger and lifetime of the process. Global, and the only module with ready-made values. */
@Module({})
export class ProcessModule {
  static of<AppConfig>({ config, logger, fatal }: ProcessContext<AppConfig>): DynamicModule {
    return {
      module: ProcessModule,
      global: true,
      providers: [{ provide: CONFIG, useValue: config }, { provide: LOGGER, useValue: logger }, { provide: FATAL, useValue: fatal }, Lifetime, LifetimeIndicator],
      exports: [CONFIG, LOGGER, FATAL, Lifetime, LifetimeIndicator],
    };
  }
}
