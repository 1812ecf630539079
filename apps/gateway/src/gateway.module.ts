import { type DynamicModule, Module } from '@nestjs/common';
import { DeadLettersModule } from '#dead-letters/dead-letters.module';
import type { ReplaysService } from '#dead-letters/replays.service';
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
import { LanesModule } from '#lanes/lanes.module';
import type { LanesService } from '#lanes/lanes.service';
import { LedgerModule } from '#ledger/ledger.module';
import type { LedgerService } from '#ledger/ledger.service';

export interface GatewayParts {
  readonly ingest: IngestService;
  readonly endpoints: EndpointsService;
  readonly events: EventsService;
  readonly deliveries: DeliveriesService;
  readonly replays: ReplaysService;
  readonly lanes: LanesService;
  readonly ledger: LedgerService;
  readonly health: HealthChecks;
}

/** What the gateway serves. */
@Module({})
export class GatewayModule {
  static of({ ingest, endpoints, events, deliveries, replays, lanes, ledger, health }: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        IngestModule.of(ingest), EndpointsModule.of(endpoints), EventsModule.of(events, deliveries), DeadLettersModule.of(deliveries, replays),
        LanesModule.of(lanes), LedgerModule.of(ledger), HealthModule.of(health),
      ],
      controllers: [MetricsController],
    };
  }
}
