import { type DynamicModule, Module } from '@nestjs/common';
import type { HealthChecks } from '#ground/health/health.controller';
import { HealthModule } from '#ground/health/health.module';
import { MetricsController } from '#ground/http/metrics.controller';
import { ForwardingController } from './forwarding.controller.js';
import { ForwardingService } from './forwarding.service.js';

/** What the proxy serves. */
@Module({})
export class ProxyModule {
  static of(forwarding: ForwardingService, health: HealthChecks): DynamicModule {
    return {
      module: ProxyModule,
      imports: [HealthModule.of(health)],
      controllers: [MetricsController, ForwardingController],
      providers: [{ provide: ForwardingService, useValue: forwarding }],
    };
  }
}
