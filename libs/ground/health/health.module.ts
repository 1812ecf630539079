import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HEALTH_CHECKS, type HealthChecks, HealthController } from './health.controller.js';

/** `/health/live`, `/health/ready` and `/health/startup` for a process that depends on what `checks` name. */
@Module({})
export class HealthModule {
  static of(checks: HealthChecks): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [{ provide: HEALTH_CHECKS, useValue: checks }],
    };
  }
}
