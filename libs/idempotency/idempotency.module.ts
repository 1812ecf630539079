import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ExpiredRequestsSweeper } from './expired-requests-sweeper.js';
import { IDEMPOTENCY_OPTIONS, type IdempotencyOptions } from './idempotency-options.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { IdempotencyService } from './idempotency.service.js';
import { IdempotentTransactions } from './idempotent-transactions.js';
import { WebhookPositions } from './webhook-positions.js';

export interface IdempotencyStoreOptions {
  /** Connections to Postgres. Without transactions 6 are enough; each handler in a transaction takes one. */
  readonly connections?: number;
  /** A statement, or the transaction of a handler, that takes longer fails with 503. */
  readonly transactionTimeoutMs?: number;
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<IdempotencyOptions>({ optionsInjectionToken: IDEMPOTENCY_OPTIONS })
  .setClassMethodName('forRoot')
  .setExtras<IdempotencyStoreOptions>({}, (definition, { connections = 6, transactionTimeoutMs = 3_000 }) => ({
    ...definition,
    global: true,
    imports: [
      ...(definition.imports ?? []),
      // 6: a batch of claims, a batch of outcomes and the heartbeat at once; the others read large answers.
      PostgresModule.pool({ name: 'idempotency', max: connections, transactionTimeoutMs, plans: 'by-index' }),
      // A pool of its own: deleting expired rows must not delay requests.
      PostgresModule.pool({ name: 'idempotency-upkeep', max: 1, plans: 'by-index' }),
    ],
  }))
  .build();

/**
 * Makes `@Idempotent` work in all controllers of an app: `IdempotencyModule.forRoot({ leaseMs, retentionMs, tenantOf })`,
 * or `forRootAsync` with a factory. Needs `PostgresModule.forRoot` and Lockstep's migrations.
 *
 * The app's lifecycle starts `IdempotencyService` and `ExpiredRequestsSweeper` when the tables are there, and stops them.
 */
@Module({
  providers: [IdempotencyRepository, IdempotencyService, IdempotentTransactions, WebhookPositions, ExpiredRequestsSweeper],
  exports: [IDEMPOTENCY_OPTIONS, IdempotencyService, IdempotentTransactions, WebhookPositions, ExpiredRequestsSweeper],
})
export class IdempotencyModule extends ConfigurableModuleClass {}
