import { Module } from '@nestjs/common';
import { SingleAttemptsModule } from '#flow/delivery/single-attempts.module';
import { NetworkModule } from '#ground/network/network.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { EndpointCredentials } from './endpoint-credentials.js';
import { EndpointFilters } from './endpoint-filters.js';
import { EndpointSecretsController } from './endpoint-secrets.controller.js';
import { EndpointSecretsRepository } from './endpoint-secrets.repository.js';
import { EndpointSecretsService } from './endpoint-secrets.service.js';
import { EndpointStart } from './endpoint-start.js';
import { EndpointStatsController } from './endpoint-stats.controller.js';
import { EndpointStatsRepository } from './endpoint-stats.repository.js';
import { EndpointStatsService } from './endpoint-stats.service.js';
import { EndpointTestController } from './endpoint-test.controller.js';
import { EndpointTestService } from './endpoint-test.service.js';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { EndpointsService } from './endpoints.service.js';
import { FiltersRepository } from './filters.repository.js';

/** Endpoints: destinations of events. */
@Module({
  imports: [ApiDatabaseModule, ListsDatabaseModule, SecretsModule, NetworkModule, SingleAttemptsModule],
  controllers: [EndpointsController, EndpointSecretsController, EndpointTestController, EndpointStatsController],
  providers: [
    EndpointsRepository, EndpointSecretsRepository, FiltersRepository, EndpointCredentials, EndpointFilters, EndpointStart,
    EndpointsService, EndpointSecretsService, EndpointTestService,
    EndpointStatsRepository, EndpointStatsService,
  ],
  exports: [EndpointsService, SingleAttemptsModule],
})
export class EndpointsModule {}
