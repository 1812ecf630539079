import { Module } from '@nestjs/common';
import { NetworkModule } from '#ground/network/network.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { EndpointFilters } from './endpoint-filters.js';
import { EndpointStart } from './endpoint-start.js';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { EndpointsService } from './endpoints.service.js';
import { FiltersRepository } from './filters.repository.js';

/** Endpoints: destinations of events. */
@Module({ imports: [ApiDatabaseModule, ListsDatabaseModule, SecretsModule, NetworkModule], controllers: [EndpointsController], providers: [EndpointsRepository, EndpointStart, FiltersRepository, EndpointFilters, EndpointsService], exports: [EndpointsService] })
export class EndpointsModule {}
