import { Module } from '@nestjs/common';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { EnvironmentSources } from './environment-sources.js';
import { SourcesController } from './sources.controller.js';
import { SourcesRepository } from './sources.repository.js';
import { SourcesService } from './sources.service.js';
import { TopicProgress } from './topic-progress.js';

/** Manages sources. `SourcesModule` takes their events. */
@Module({
  imports: [ApiDatabaseModule, ListsDatabaseModule, SecretsModule],
  controllers: [SourcesController],
  providers: [EnvironmentSources, SourcesRepository, SourcesService, TopicProgress],
  exports: [EnvironmentSources],
})
export class SourcesApiModule {}
