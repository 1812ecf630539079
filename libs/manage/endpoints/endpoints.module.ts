import { Module } from '@nestjs/common';
import { NetworkModule } from '#ground/network/network.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { EndpointStatsController } from './endpoint-stats.controller.js';
import { EndpointStatsRepository } from './endpoint-stats.repository.js';
import { EndpointStatsService } from './endpoint-stats.service.js';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { EndpointsService } from './endpoints.service.js';

/** Endpoints: destinations of events. */
@Module({
  imports: [ApiDatabaseModule, ListsDatabaseModule, SecretsModule, NetworkModule],
  controllers: [EndpointsController, EndpointStatsController],
  providers: [EndpointsRepository, EndpointsService, EndpointStatsRepository, EndpointStatsService],
  exports: [EndpointsService],
})
export class EndpointsModule {}
