import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { claimSteps } from './claim-steps.queries.js';
import { postponeStep } from './postpone-step.queries.js';
import type { SagaStep, Settled } from './saga.js';
import { settleStep } from './settle-step.queries.js';

export interface DueStep {
  /** UUID. */
  readonly orderId: string;
  readonly step: SagaStep;
  /** Including this one. */
  readonly attempts: number;
  /** In minor units. */
  readonly amount: number;
}

/** The steps of sagas. */
@Injectable()
export class StepsRepository {
  constructor(@InjectDatabase('saga') private readonly database: Database) {}

  /** Claims up to `limit` due steps. No other process gets them within `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<DueStep[]> {
    return claimSteps.run({ limit, leaseMs }, this.database);
  }

  /** Ends the step and updates its order, in one transaction; false: another attempt has done so. */
  async settle({ orderId, step }: DueStep, { status, order, next }: Settled): Promise<boolean> {
    const rows = await settleStep.run({ orderId, step, status, order, next: next ?? null }, this.database);
    return rows.length > 0;
  }

  async postpone({ orderId, step }: DueStep, delayMs: number): Promise<void> {
    await postponeStep.run({ orderId, step, delayMs }, this.database);
  }
}
