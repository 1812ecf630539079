import { Module } from '@nestjs/common';
import { PostgresModule } from './postgres.module.js';

/** The pool `housekeeping`: health, metrics, partitions and the like, which neither wait for the work nor delay it. */
@Module({ imports: [PostgresModule.pool({ name: 'housekeeping', max: 2, health: true })], exports: [PostgresModule] })
export class HousekeepingDatabaseModule {}
