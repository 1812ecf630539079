import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { OutcomeRepository } from './outcome.repository.js';
import { OutcomeService } from './outcome.service.js';

/** Commits what attempts led to. */
@Module({
  // 1: group commit sends one statement at a time.
  imports: [PostgresModule.pool({ name: 'outcome', max: 1, plans: 'by-index' })],
  providers: [OutcomeRepository, OutcomeService],
  exports: [OutcomeService],
})
export class OutcomeModule {}
