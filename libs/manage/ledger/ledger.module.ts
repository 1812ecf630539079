import { type DynamicModule, Module } from '@nestjs/common';
import { LedgerController } from './ledger.controller.js';
import { LedgerService } from './ledger.service.js';

@Module({})
export class LedgerModule {
  static of(ledger: LedgerService): DynamicModule {
    return { module: LedgerModule, controllers: [LedgerController], providers: [{ provide: LedgerService, useValue: ledger }] };
  }
}
