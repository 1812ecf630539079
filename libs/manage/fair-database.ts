import { LockstepError } from '#domain/problem';
import { answering } from '#ground/postgres/answering-database';
import type { Database } from '#ground/postgres/pool';
import { isStatementTimeout } from '#ground/postgres/sql-errors';
import { FairSlots, type FairSlotsOptions, NoSlotError } from './fair-slots.js';

const RETRY_AFTER_SECONDS = 5;

/**
 * A pool for statements that may read much, which its tenants share fairly. A statement that takes too long, or gets no
 * connection in time, is answered with `overloaded`.
 */
export class FairDatabase {
  private readonly slots: FairSlots;

  /** @param database a pool with a statement timeout, and with as many connections as there are slots */
  constructor(
    private readonly database: Database,
    options: FairSlotsOptions,
  ) {
    this.slots = new FairSlots(options);
  }

  /**
   * The database for the statements of a tenant's request.
   * @param advice what makes the statement read less, such as "give `entity`"
   */
  of(tenant: string, advice: string): Database {
    return answering({
      query: async (text, values) => {
        try {
          return await this.slots.use(tenant, () => this.database.query(text, values));
        } catch (error) {
          throw overloadOf(error, advice) ?? error;
        }
      },
    });
  }
}

function overloadOf(cause: unknown, advice: string): LockstepError | undefined {
  if (cause instanceof NoSlotError) return overloaded(`Too many requests of this kind are under way. Make fewer at a time; each takes less time if you ${advice}`, cause);
  if (isStatementTimeout(cause)) return overloaded(`There is too much to read in the time of a request: ${advice}`, cause);
  return undefined;
}

function overloaded(message: string, cause: unknown): LockstepError {
  return new LockstepError('overloaded', message, { cause, retryAfterSeconds: RETRY_AFTER_SECONDS });
}
