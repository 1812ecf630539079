import { Module } from '@nestjs/common';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { MetricsApiController } from './metrics-api.controller.js';
import { MetricsRepository } from './metrics.repository.js';
import { MetricsService } from './metrics.service.js';

/** Serves numbers over time. `SamplesModule` stores them. */
@Module({ imports: [ListsDatabaseModule], controllers: [MetricsApiController], providers: [MetricsRepository, MetricsService] })
export class MetricsApiModule {}
