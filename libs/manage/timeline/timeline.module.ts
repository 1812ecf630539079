import { Module } from '@nestjs/common';
import { EventsModule } from '#manage/events/events.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { TimelineController } from './timeline.controller.js';
import { TimelineRepository } from './timeline.repository.js';
import { TimelineService } from './timeline.service.js';

/** The timelines of events. */
@Module({ imports: [EventsModule, ListsDatabaseModule], controllers: [TimelineController], providers: [TimelineRepository, TimelineService] })
export class TimelineModule {}
