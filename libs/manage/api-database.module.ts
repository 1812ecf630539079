import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';

/** Requests for one resource look it up by its key, which takes milliseconds. */
const TIMEOUT_MS = 5_000;

/** The pool `api`, which the management routes share for reads and writes of one resource. Lists have their own. */
@Module({ imports: [PostgresModule.pool({ name: 'api', max: 4, serves: 'requests', statementTimeoutMs: TIMEOUT_MS })], exports: [PostgresModule] })
export class ApiDatabaseModule {}
