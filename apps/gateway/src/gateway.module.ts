import { type DynamicModule, Module } from '@nestjs/common';
import type { HealthChecks } from '#health/health.controller';
import { HealthModule } from '#health/health.module';
import { MetricsController } from '#http/metrics.controller';
import { IngestModule } from '#ingest/ingest.module';
import type { IngestService } from '#ingest/ingest.service';

export interface GatewayParts {
  readonly ingest: IngestService;
  readonly health: HealthChecks;
}

/** What the gateway serves. */
@Module({})
export class GatewayModule {
  static of({ ingest, health }: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: [IngestModule.of(ingest), HealthModule.of(health)],
      controllers: [MetricsController],
    };
  }
}
