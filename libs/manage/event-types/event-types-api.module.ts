import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { EventTypesController } from './event-types.controller.js';
import { EventTypesRepository } from './event-types.repository.js';
import { EventTypesService } from './event-types.service.js';

/** Event types: what a tenant says about the types of its events. `EventTypesModule` checks events against them. */
@Module({ imports: [ApiDatabaseModule, ListsDatabaseModule], controllers: [EventTypesController], providers: [EventTypesRepository, EventTypesService] })
export class EventTypesApiModule {}
