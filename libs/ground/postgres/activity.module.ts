import { Module } from '@nestjs/common';
import { ActivityProbe } from './activity-probe.js';
import { HousekeepingDatabaseModule } from './housekeeping-database.module.js';

/** Metrics of what goes on in the database. */
@Module({ imports: [HousekeepingDatabaseModule], providers: [ActivityProbe] })
export class ActivityModule {}
