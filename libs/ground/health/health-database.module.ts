import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';

/** Of the probe. A connection that does not answer is replaced soon after. */
const TIMEOUT_MS = 2_000;

/** The pool `health`: one connection, which only the probe uses, so that it waits for no other statement. */
@Module({ imports: [PostgresModule.pool({ name: 'health', max: 1, transactionTimeoutMs: TIMEOUT_MS, health: true })], exports: [PostgresModule] })
export class HealthDatabaseModule {}
