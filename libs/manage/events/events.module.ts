import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EventsService } from './events.service.js';

/** Accepted events and their deliveries. */
@Module({
  imports: [ApiDatabaseModule, ListsDatabaseModule],
  controllers: [EventsController, DeliveriesController],
  providers: [EventsRepository, EventsService, DeliveriesRepository, DeliveriesService],
  exports: [DeliveriesService, EventsRepository],
})
export class EventsModule {}
