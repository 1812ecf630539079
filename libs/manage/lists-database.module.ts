import { Module } from '@nestjs/common';
import { databaseToken } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { FairDatabase } from './fair-database.js';

/** Below what people and load balancers wait for. An index gives a page in milliseconds; only a filter that few rows match takes long. */
const LIST_TIMEOUT_MS = 3_000;
const LIST_CONNECTIONS = 4;

/** Rows that one page reads at most, whatever its filters leave of them. 20,000 that do not match take less than 0.1 s (in memory). */
export const MAX_ROWS_READ = 20_000;

/** The database for lists. */
export class ListsDatabase extends FairDatabase {}

/** The pool `lists`. Lists may have to read many rows, so they share no connection with requests for one resource. */
@Module({
  imports: [PostgresModule.pool({ name: 'lists', max: LIST_CONNECTIONS, statementTimeoutMs: LIST_TIMEOUT_MS, plans: 'pages' })],
  providers: [{
    provide: ListsDatabase,
    inject: [databaseToken('lists')],
    useFactory: (database: Database) => new ListsDatabase(database, { slots: LIST_CONNECTIONS, perTenant: LIST_CONNECTIONS / 2, waiting: 64, waitingPerTenant: 16, waitMs: LIST_TIMEOUT_MS }),
  }],
  exports: [ListsDatabase],
})
export class ListsDatabaseModule {}
