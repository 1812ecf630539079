import { Module } from '@nestjs/common';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { SampleCountsModule } from './sample-counts.module.js';
import { SamplesRepository } from './samples.repository.js';
import { SamplesWriter } from './samples-writer.js';

/** Numbers over time: counted in memory, stored by ten seconds, minute and hour. */
@Module({ imports: [HousekeepingDatabaseModule, SampleCountsModule], providers: [SamplesRepository, SamplesWriter], exports: [SampleCountsModule, SamplesWriter] })
export class SamplesModule {}
