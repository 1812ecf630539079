import { type DynamicModule, Module } from '@nestjs/common';
import type { HealthChecks } from '#ground/health/health.controller';
import { GivenHealthModule } from '#ground/health/given-health.module';
import { ForwardingController } from './forwarding.controller.js';
import { ForwardingService } from './forwarding.service.js';

/** What the proxy serves. */
@Module({})
export class ProxyModule {
  static of(forwarding: ForwardingService, health: HealthChecks): DynamicModule {
    return {
      module: ProxyModule,
      imports: [GivenHealthModule.of(health)],
      controllers: [ForwardingController],
      providers: [{ provide: ForwardingService, useValue: forwarding }],
    };
  }
}
