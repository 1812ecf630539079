import { Module } from '@nestjs/common';
import { SourcesModule } from '#flow/sources/sources.module';
import { RejectionCountsModule } from '#ground/http/rejections.module';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { RejectionsController } from './rejections.controller.js';
import { RejectionsRepository } from './rejections.repository.js';
import { RejectionsService } from './rejections.service.js';
import { RejectionsWriter } from './rejections-writer.js';

/** Stores and shows the counts of what ingest refused, and stores those of what came to sources. */
@Module({
  imports: [RejectionCountsModule, SourcesModule, HousekeepingDatabaseModule, ListsDatabaseModule],
  controllers: [RejectionsController],
  providers: [RejectionsRepository, RejectionsService, RejectionsWriter],
  exports: [RejectionsWriter],
})
export class RejectionsModule {}
