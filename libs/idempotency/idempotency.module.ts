import { type DynamicModule, Module } from '@nestjs/common';
import { IDEMPOTENCY_OPTIONS, type IdempotencyOptions } from './idempotency-options.js';
import { IdempotencyService } from './idempotency.service.js';
import { IdempotentTransactions } from './idempotent-transactions.js';

export interface IdempotencyParts {
  readonly service: IdempotencyService;
  readonly transactions: IdempotentTransactions;
  readonly defaults: IdempotencyOptions;
}

/** Makes `@Idempotent` work in all of an app's controllers. Starting and stopping the service is the app's. */
@Module({})
export class IdempotencyModule {
  static of({ service, transactions, defaults }: IdempotencyParts): DynamicModule {
    const providers = [
      { provide: IdempotencyService, useValue: service },
      { provide: IdempotentTransactions, useValue: transactions },
      { provide: IDEMPOTENCY_OPTIONS, useValue: defaults },
    ];
    return { module: IdempotencyModule, global: true, providers, exports: providers };
  }
}
