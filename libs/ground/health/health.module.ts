import { type DynamicModule, Module, type ModuleMetadata, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LifetimeIndicator } from '#ground/process/lifetime.indicator';
import { HEALTH_CHECKS, type HealthChecks, HealthController } from './health.controller.js';
import type { Indicator } from './indicators.js';

export interface HealthOptions {
  /** The modules that export the indicators, unless they are global. */
  readonly imports?: ModuleMetadata['imports'];
  /** While one of them reports a problem the process is not ready. In order of importance. */
  readonly needs: readonly Type<Indicator>[];
  /** While one of them reports a problem the process is ready, but degraded. */
  readonly degradedBy?: readonly Type<Indicator>[];
}

/** `/health/live`, `/health/ready` and `/health/startup`. */
@Module({})
export class HealthModule {
  static of({ imports = [], needs, degradedBy = [] }: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false }), ...imports],
      controllers: [HealthController],
      providers: [{
        provide: HEALTH_CHECKS,
        inject: [LifetimeIndicator, ...needs, ...degradedBy],
        useFactory: (lifetime: Indicator, ...indicators: readonly Indicator[]): HealthChecks => ({
          startup: lifetime,
          needs: indicators.slice(0, needs.length),
          degradedBy: indicators.slice(needs.length),
        }),
      }],
    };
  }
}
