import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';

/** The pool `api`, which the requests of all management routes share. */
@Module({ imports: [PostgresModule.pool({ name: 'api', max: 6, serves: 'requests' })], exports: [PostgresModule] })
export class ApiDatabaseModule {}
