import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { FairSlots, NoSlotError } from '#manage/fair-slots';
import { type LedgerLimits, type LedgerReport, limited, reportOf, reportOfTenant } from './ledger.js';
import { LedgerRepository } from './ledger.repository.js';

export interface LedgerRequest {
  /** Undefined: the whole installation. */
  readonly tenant: string | undefined;
  readonly olderThanMs: number | undefined;
}

/** Together less than 2 MiB: an example has an entity of up to 1 KiB, and a violation has ten. */
const LIMITS: LedgerLimits = { tenants: 1_000, endpoints: 2_500, violations: 100 };

/** As long as a reading may take. */
const WAIT_MS = 300_000;

/** Reads the ledger, once at a time because a reading goes over all tables. Tenants that wait get their readings in turn. */
@Injectable()
export class LedgerService {
  /** By `olderThanMs`: under way, or waiting. */
  private readonly readings = new Map<number | undefined, Promise<LedgerReport>>();
  private readonly turns = new FairSlots({ slots: 1, perTenant: 1, waiting: 16, waitingPerTenant: 2, waitMs: WAIT_MS });
  private readonly stopping = new AbortController();

  constructor(private readonly repository: LedgerRepository) {}

  /**
   * Requests with the same `olderThanMs` share a reading, so `asOf` may be earlier than the request. An answer has limited
   * lists; `npm run verify` has all of it.
   * @throws LockstepError store_unavailable; overloaded if too many readings wait
   */
  async report({ tenant, olderThanMs }: LedgerRequest): Promise<LedgerReport> {
    let reading = this.readings.get(olderThanMs);
    if (reading === undefined) {
      reading = this.turns.use(tenant ?? '', () => this.read(olderThanMs)).finally(() => this.readings.delete(olderThanMs));
      this.readings.set(olderThanMs, reading);
    }
    try {
      const report = await reading;
      return limited(tenant === undefined ? report : reportOfTenant(report, tenant), LIMITS);
    } catch (error) {
      if (!(error instanceof NoSlotError)) throw error;
      throw new LockstepError('overloaded', 'Too many readings of the ledger wait, and one runs at a time: ask with the same `olderThan`, or later', { cause: error, retryAfterSeconds: 5 });
    }
  }

  /** Aborts all readings; their callers get store_unavailable. */
  stop(): void {
    this.stopping.abort();
  }

  private async read(olderThanMs: number | undefined): Promise<LedgerReport> {
    try {
      return reportOf(await this.repository.read({ olderThanMs, signal: this.stopping.signal }));
    } catch (error) {
      if (!this.stopping.signal.aborted && !(storeErrorOf(error) instanceof LockstepError)) throw error;
      throw new LockstepError('store_unavailable', 'The event store does not answer in time; `npm run verify` has no such limit', { cause: error, retryAfterSeconds: 5 });
    }
  }
}
