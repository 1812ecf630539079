import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { OutsideClient } from './outside-client.js';
import { SagaRunner } from './saga-runner.js';
import { StepsRepository } from './steps.repository.js';

/** Pays and ships each order, step by step. */
@Module({
  imports: [PostgresModule.pool({ name: 'saga', max: 4 })],
  providers: [OutsideClient, SagaRunner, StepsRepository],
  exports: [SagaRunner],
})
export class SagaModule {}
