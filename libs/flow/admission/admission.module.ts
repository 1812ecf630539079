import { Module } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { DeliveryModule } from '#flow/delivery/delivery.module';
import { LanesModule } from '#flow/lanes/lanes.module';
import { LogEndsReader } from '#ground/kafka/log-ends';
import { Topics } from '#ground/kafka/topics';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SampleCountsModule } from '#ground/samples/sample-counts.module';
import { AdmissionRepository } from './admission.repository.js';
import { AdmissionService } from './admission.service.js';
import { EventsTopicController } from './events-topic.controller.js';
import { LogReader } from './log-reader.js';
import { LogRepairer } from './log-repairer.js';
import { OpenLogs } from './open-logs.js';
import { StoredEventAdmitter } from './stored-event-admitter.js';
import { UnadmittedRepository } from './unadmitted.repository.js';
import { UnadmittedSweeper } from './unadmitted-sweeper.js';

/** Reads the logs of owned shards and admits their events. Needs the app's `ShardTransport`. */
@Module({
  imports: [
    // 2: group commit sends one statement at a time; shards whose statements exceed their time have another one.
    PostgresModule.pool({ name: 'admission', max: 2, plans: 'by-hash' }),
    // Of its own: its statements need other plans, and admissions must not wait for its pages of 5,000 events.
    PostgresModule.pool({ name: 'unadmitted', max: 1, plans: 'by-index' }),
    DeliveryModule,
    LanesModule,
    SampleCountsModule,
  ],
  controllers: [EventsTopicController],
  providers: [
    AdmissionRepository,
    AdmissionService,
    UnadmittedRepository,
    StoredEventAdmitter,
    OpenLogs,
    { provide: LogEndsReader, inject: [Kafka, Topics], useFactory: (kafka: Kafka, topics: Topics) => new LogEndsReader(kafka, topics.events) },
    LogRepairer,
    LogReader,
    UnadmittedSweeper,
  ],
  exports: [AdmissionRepository, AdmissionService, OpenLogs, LogEndsReader, UnadmittedSweeper],
})
export class AdmissionModule {}
