import { Module } from '@nestjs/common';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PartitionKeeper } from './partitions.js';
import { PartitionsIndicator } from './partitions.indicator.js';

/** Makes the partitions of the coming days. In every process that writes to them, since none may be there without others. */
@Module({ imports: [HousekeepingDatabaseModule], providers: [PartitionKeeper, PartitionsIndicator], exports: [PartitionKeeper, PartitionsIndicator] })
export class PartitionsModule {}
