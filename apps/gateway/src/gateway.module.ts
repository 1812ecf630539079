import { type DynamicModule, Module } from '@nestjs/common';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import type { ReplaysService } from '#manage/dead-letters/replays.service';
import { EndpointsModule } from '#manage/endpoints/endpoints.module';
import type { EndpointsService } from '#manage/endpoints/endpoints.service';
import type { DeliveriesService } from '#manage/events/deliveries.service';
import { EventsModule } from '#manage/events/events.module';
import type { EventsService } from '#manage/events/events.service';
import type { HealthChecks } from '#ground/health/health.controller';
import { GivenHealthModule } from '#ground/health/given-health.module';
import { IngestModule } from '#flow/ingest/ingest.module';
import type { IngestService } from '#flow/ingest/ingest.service';
import { LanesModule } from '#manage/lanes/lanes.module';
import type { LanesService } from '#manage/lanes/lanes.service';
import { LedgerModule } from '#manage/ledger/ledger.module';
import type { LedgerService } from '#manage/ledger/ledger.service';

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
        LanesModule.of(lanes), LedgerModule.of(ledger), GivenHealthModule.of(health),
      ],
    };
  }
}
