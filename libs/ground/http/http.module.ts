import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { LOGGER } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { AllowedMethods } from './allowed-methods.js';
import { LoadShedding } from './load-shedding.js';
import { MetricsController } from './metrics.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { RejectionCountsModule } from './rejections.module.js';
import { SchemaPipe } from './schema.pipe.js';

/** Objects that exist before Nest's container, because the HTTP server needs them. */
export interface HttpParts {
  readonly logger: Logger;
  readonly allowedMethods: AllowedMethods;
  readonly shedding: LoadShedding;
}

/**
 * Filter, pipe and metrics of every HTTP app; `createHttpApp` adds the module. It has no global interceptor: with one,
 * every request would go through RxJS.
 */
@Module({})
export class HttpModule {
  static of({ logger, allowedMethods, shedding }: HttpParts): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: [RejectionCountsModule],
      controllers: [MetricsController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: AllowedMethods, useValue: allowedMethods },
        { provide: LoadShedding, useValue: shedding },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
      exports: [LoadShedding],
    };
  }
}
