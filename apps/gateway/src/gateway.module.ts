import { type DynamicModule, Module } from '@nestjs/common';
import { EndpointsModule } from '#endpoints/endpoints.module';
import type { EndpointsService } from '#endpoints/endpoints.service';
import type { DeliveriesService } from '#events/deliveries.service';
import { EventsModule } from '#events/events.module';
import type { EventsService } from '#events/events.service';
import type { HealthChecks } from '#health/health.controller';
import { HealthModule } from '#health/health.module';
import { MetricsController } from '#http/metrics.controller';
import { IngestModule } from '#ingest/ingest.module';
import type { IngestService } from '#ingest/ingest.service';
import { LedgerModule } from '#ledger/ledger.module';
import type { LedgerService } from '#ledger/ledger.service';

export interface GatewayParts {
  readonly ingest: IngestService;
  readonly endpoints: EndpointsService;
  readonly events: EventsService;
  readonly deliveries: DeliveriesService;
  readonly ledger: LedgerService;
  readonly health: HealthChecks;
}

/** What the gateway serves. */
@Module({})
export class GatewayModule {
  static of({ ingest, endpoints, events, deliveries, ledger, health }: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: [IngestModule.of(ingest), EndpointsModule.of(endpoints), EventsModule.of(events, deliveries), LedgerModule.of(ledger), HealthModule.of(health)],
      controllers: [MetricsController],
    };
  }
}
