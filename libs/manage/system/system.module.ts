import { Module } from '@nestjs/common';
import { PartitionsModule } from '#upkeep/partitions.module';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { EventsLag } from './events-lag.js';
import { SystemController } from './system.controller.js';
import { SystemRepository } from './system.repository.js';
import { SystemService } from './system.service.js';

/** Serves the state of the installation. Needs `KafkaModule`. */
@Module({ imports: [ApiDatabaseModule, PartitionsModule], controllers: [SystemController], providers: [EventsLag, SystemRepository, SystemService], exports: [EventsLag] })
export class SystemModule {}
