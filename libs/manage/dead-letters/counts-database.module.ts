import { Module } from '@nestjs/common';
import { databaseToken } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { FairDatabase } from '#manage/fair-database';

/** Clients and load balancers give up later than this. */
const COUNT_TIMEOUT_MS = 30_000;
const WAIT_MS = 5_000;
const COUNT_CONNECTIONS = 2;

/** The database for replays and discards, which count what they match. */
export class CountsDatabase extends FairDatabase {}

/** The pool `counts`. Counting reads every dead letter that matches, so it has more time than a list, and its own connections. */
@Module({
  imports: [PostgresModule.pool({ name: 'counts', max: COUNT_CONNECTIONS, statementTimeoutMs: COUNT_TIMEOUT_MS })],
  providers: [{
    provide: CountsDatabase,
    inject: [databaseToken('counts')],
    useFactory: (database: Database) => new CountsDatabase(database, { slots: COUNT_CONNECTIONS, perTenant: 1, waiting: 32, waitingPerTenant: 4, waitMs: WAIT_MS }),
  }],
  exports: [CountsDatabase],
})
export class CountsDatabaseModule {}
