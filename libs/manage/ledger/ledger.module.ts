import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { LedgerController } from './ledger.controller.js';
import { LedgerRepository } from './ledger.repository.js';
import { LedgerService } from './ledger.service.js';

/** Ten million events took 73 s on two busy cores when something did not agree, a third of that when all did. */
const TIMEOUT_MS = 300_000;

/** Proves from independent records that nothing was lost. */
@Module({
  // Of its own: a reading goes over all tables, and would keep other requests waiting. Two: the reading's days are read
  // side by side.
  imports: [PostgresModule.pool({ name: 'ledger', max: 2, transactionTimeoutMs: TIMEOUT_MS })],
  controllers: [LedgerController],
  providers: [LedgerRepository, LedgerService],
  exports: [LedgerService],
})
export class LedgerModule {}
