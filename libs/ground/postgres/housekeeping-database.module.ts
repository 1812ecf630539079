import { Module } from '@nestjs/common';
import { PostgresModule } from './postgres.module.js';

/** The pool `housekeeping`, for metrics and partitions: they neither wait for requests nor delay them. */
@Module({ imports: [PostgresModule.pool({ name: 'housekeeping', max: 2 })], exports: [PostgresModule] })
export class HousekeepingDatabaseModule {}
