import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { EventsModule } from '#manage/events/events.module';
import { CountsDatabaseModule } from './counts-database.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersRepository } from './dead-letters.repository.js';
import { DeadLettersService } from './dead-letters.service.js';
import { EndpointReplaysController } from './endpoint-replays.controller.js';
import { ReplaysController } from './replays.controller.js';
import { ReplaysRepository } from './replays.repository.js';
import { ReplaysService } from './replays.service.js';

/** Dead letters and replays. */
@Module({
  imports: [ApiDatabaseModule, ListsDatabaseModule, CountsDatabaseModule, EventsModule],
  controllers: [DeadLettersController, ReplaysController, EndpointReplaysController],
  providers: [DeadLettersRepository, DeadLettersService, ReplaysRepository, ReplaysService],
})
export class DeadLettersModule {}
