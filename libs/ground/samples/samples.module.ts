import { Module } from '@nestjs/common';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { Samples } from './samples.js';
import { SamplesRepository } from './samples.repository.js';
import { SamplesWriter } from './samples-writer.js';

/** Numbers over time: counted in memory, stored by minute and hour. */
@Module({ imports: [HousekeepingDatabaseModule], providers: [Samples, SamplesRepository, SamplesWriter], exports: [Samples, SamplesWriter] })
export class SamplesModule {}
