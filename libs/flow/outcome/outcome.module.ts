import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { OutcomeRepository } from './outcome.repository.js';
import { OutcomeService } from './outcome.service.js';

/** Commits what attempts led to. */
@Module({
  // 2: one statement at a time, and one of a blocked outcome.
  imports: [PostgresModule.pool({ name: 'outcome', max: 2, plans: 'by-index' })],
  providers: [OutcomeRepository, OutcomeService],
  exports: [OutcomeService],
})
export class OutcomeModule {}
