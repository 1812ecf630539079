import { Module } from '@nestjs/common';
import { EventTypesModule } from '#flow/event-types/event-types.module';
import { IngestIndicator } from '#flow/ingest/ingest.indicator';
import { IngestModule } from '#flow/ingest/ingest.module';
import { OperationalEventsModule } from '#flow/operational-events/operational-events.module';
import { RateLimitsModule } from '#flow/rate-limits/rate-limits.module';
import { EventRelayIndicator } from '#flow/relay/event-relay.indicator';
import { EventRelayModule } from '#flow/relay/event-relay.module';
import { KafkaSourcesModule } from '#flow/sources/kafka/kafka-sources.module';
import { SourcesModule } from '#flow/sources/sources.module';
import { WebhooksModule } from '#flow/sources/webhooks/webhooks.module';
import { HealthDatabaseModule } from '#ground/health/health-database.module';
import { HealthModule } from '#ground/health/health.module';
import { PostgresIndicator } from '#ground/health/indicators';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { TopicsIndicator } from '#ground/kafka/topics.indicator';
import { ActivityModule } from '#ground/postgres/activity.module';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SamplesModule } from '#ground/samples/samples.module';
import { TracingModule } from '#ground/tracing/tracing.module';
import { AccessModule } from '#manage/access/access.module';
import { ApiKeysModule } from '#manage/api-keys/api-keys.module';
import { AuditModule } from '#manage/audit/audit.module';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import { EndpointsModule } from '#manage/endpoints/endpoints.module';
import { EventTypesApiModule } from '#manage/event-types/event-types-api.module';
import { EventsModule } from '#manage/events/events.module';
import { LanesApiModule } from '#manage/lanes/lanes-api.module';
import { LedgerModule } from '#manage/ledger/ledger.module';
import { MetricsApiModule } from '#manage/metrics/metrics-api.module';
import { RejectionsModule } from '#manage/rejections/rejections.module';
import { WebhooksApiModule } from '#manage/sources/webhooks-api.module';
import { SourcesApiModule } from '#manage/sources/sources-api.module';
import { SystemModule } from '#manage/system/system.module';
import { TenantsModule } from '#manage/tenants/tenants.module';
import { TimelineModule } from '#manage/timeline/timeline.module';
import { PartitionsIndicator } from '#upkeep/partitions.indicator';
import { PartitionsModule } from '#upkeep/partitions.module';
import { RetentionModule } from '#upkeep/retention.module';
import { GatewayLifecycle } from './gateway.lifecycle.js';

/** A gateway: API, ingest and relay in one process. The global modules come first, so Nest shuts them down last. */
@Module({
  imports: [
    TracingModule.forRoot({ app: 'gateway' }),
    PostgresModule.forRoot({ app: 'gateway' }),
    KafkaModule.forRoot({ clientId: 'lockstep-gateway' }),
    HousekeepingDatabaseModule,
    ActivityModule,
    AccessModule,
    TenantsModule,
    ApiKeysModule,
    IngestModule,
    RateLimitsModule,
    WebhooksModule,
    EventRelayModule,
    KafkaSourcesModule,
    OperationalEventsModule,
    EndpointsModule,
    EventTypesModule,
    EventTypesApiModule,
    SourcesModule,
    SourcesApiModule,
    WebhooksApiModule,
    EventsModule,
    TimelineModule,
    DeadLettersModule,
    LanesApiModule,
    LedgerModule,
    AuditModule,
    RejectionsModule,
    SamplesModule,
    MetricsApiModule,
    SystemModule,
    PartitionsModule,
    RetentionModule,
    HealthModule.of({
      imports: [HealthDatabaseModule, IngestModule, EventRelayModule, PartitionsModule],
      needs: [PostgresIndicator, IngestIndicator],
      degradedBy: [TopicsIndicator, EventRelayIndicator, PartitionsIndicator],
    }),
  ],
  providers: [GatewayLifecycle],
})
export class GatewayModule {}
