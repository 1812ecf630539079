import { Module } from '@nestjs/common';
import { EventTypesModule } from '#flow/event-types/event-types.module';
import { IngestModule } from '#flow/ingest/ingest.module';
import { RateLimitsModule } from '#flow/rate-limits/rate-limits.module';
import { EventRelayModule } from '#flow/relay/event-relay.module';
import { NetworkModule } from '#ground/network/network.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SampleCountsModule } from '#ground/samples/sample-counts.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { SourcesModule } from '../sources.module.js';
import { KafkaSources } from './kafka-sources.js';
import { KafkaSourcesRepository } from './kafka-sources.repository.js';
import { RecordAcceptor } from './record-acceptor.js';
import { SourceClusters } from './source-clusters.js';

/** As ingest's. */
const TIMEOUT_MS = 5_000;

/** Reads the topics of Kafka sources. */
@Module({
  imports: [
    // Of its own, so that a backlog never delays posts. 2: while one source stores a chunk, another one does, too.
    PostgresModule.pool({ name: 'kafka-sources', max: 2, transactionTimeoutMs: TIMEOUT_MS }),
    EventTypesModule,
    IngestModule,
    EventRelayModule,
    RateLimitsModule,
    NetworkModule,
    SampleCountsModule,
    SecretsModule,
    SourcesModule,
  ],
  providers: [KafkaSourcesRepository, RecordAcceptor, SourceClusters, KafkaSources],
  exports: [KafkaSources],
})
export class KafkaSourcesModule {}
