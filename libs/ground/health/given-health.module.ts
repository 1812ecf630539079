import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HEALTH_CHECKS, type HealthChecks, HealthController } from './health.controller.js';

/** As `HealthModule`, for an app that is not built by Nest yet. */
@Module({})
export class GivenHealthModule {
  static of(checks: HealthChecks): DynamicModule {
    return {
      module: GivenHealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [{ provide: HEALTH_CHECKS, useValue: checks }],
    };
  }
}
