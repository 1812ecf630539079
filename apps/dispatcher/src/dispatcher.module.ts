import { Module } from '@nestjs/common';
import { AdmissionModule } from '#flow/admission/admission.module';
import { BreakersModule } from '#flow/breakers/breakers.module';
import { CatchUpModule } from '#flow/catch-up/catch-up.module';
import { DeliveryModule } from '#flow/delivery/delivery.module';
import { LanesModule } from '#flow/lanes/lanes.module';
import { LeasesModule } from '#flow/leases/leases.module';
import { OperationsModule } from '#flow/operations/operations.module';
import { OutcomeModule } from '#flow/outcome/outcome.module';
import { EndpointLimitsModule } from '#flow/rate-limits/endpoint-limits.module';
import { DispatchRelayIndicator } from '#flow/relay/dispatch-relay.indicator';
import { DispatchRelayModule } from '#flow/relay/dispatch-relay.module';
import { ShardsModule } from '#flow/shards/shards.module';
import type { Config } from '#ground/config/config';
import { HealthDatabaseModule } from '#ground/health/health-database.module';
import { HealthModule } from '#ground/health/health.module';
import { PostgresIndicator } from '#ground/health/indicators';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { TopicsIndicator } from '#ground/kafka/topics.indicator';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SamplesModule } from '#ground/samples/samples.module';
import { TracingModule } from '#ground/tracing/tracing.module';
import { PartitionsIndicator } from '#upkeep/partitions.indicator';
import { PartitionsModule } from '#upkeep/partitions.module';
import { DispatcherLifecycle } from './dispatcher.lifecycle.js';
import { GroupIndicator } from './group.indicator.js';
import { TransportModule } from './transport.module.js';

/** A dispatcher: admission, lanes and delivery of the shards it owns, in one process. Of all modules, the ground's shut down last. */
@Module({
  imports: [
    TracingModule.forRoot({ app: 'dispatcher' }),
    // Below the lease's time: a statement that holds the fence never outlives the ownership under which it was sent.
    PostgresModule.forRoot({ app: 'dispatcher', transactionTimeoutMs: ({ leaseTtlMs }: Config) => leaseTtlMs / 2 }),
    KafkaModule.forRoot({ clientId: 'lockstep-dispatcher' }),
    TransportModule,
    HousekeepingDatabaseModule,
    OperationsModule,
    DispatchRelayModule,
    ShardsModule,
    CatchUpModule,
    AdmissionModule,
    LanesModule,
    BreakersModule,
    DeliveryModule,
    OutcomeModule,
    EndpointLimitsModule,
    LeasesModule,
    SamplesModule,
    PartitionsModule,
    HealthModule.of({
      imports: [HealthDatabaseModule, DispatchRelayModule, PartitionsModule],
      needs: [PostgresIndicator, TopicsIndicator, GroupIndicator],
      degradedBy: [DispatchRelayIndicator, PartitionsIndicator],
    }),
  ],
  providers: [DispatcherLifecycle],
})
export class DispatcherModule {}
