import { Module } from '@nestjs/common';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PartitionKeeper } from './partitions.js';
import { PartitionsIndicator } from './partitions.indicator.js';

/** Makes the partitions of the next days. Gateways and dispatchers both do it, because either may run alone. */
@Module({ imports: [HousekeepingDatabaseModule], providers: [PartitionKeeper, PartitionsIndicator], exports: [PartitionKeeper, PartitionsIndicator] })
export class PartitionsModule {}
