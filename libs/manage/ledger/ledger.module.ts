import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { LedgerController } from './ledger.controller.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';

/** Ten million events took 73 s on two busy cores with violations, and a third of that without. */
const TIMEOUT_MS = 300_000;

/** Proves from independent records that nothing was lost. */
@Module({
  // Its own pool: a reading of all tables would delay other requests. 2: it reads the days of the tables on two connections.
  imports: [PostgresModule.pool({ name: 'ledger', max: 2, transactionTimeoutMs: TIMEOUT_MS })],
  controllers: [LedgerController],
  providers: [LedgerRepository, LedgerService],
  exports: [LedgerService],
})
export class LedgerModule {}
