import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { type LedgerLimits, type LedgerReport, limited, reportOf, reportOfTenant } from './ledger.js';
import { LedgerRepository } from './ledger.repository.js';

export interface LedgerRequest {
  /** Undefined: the whole installation. */
  readonly tenant: string | undefined;
  readonly olderThanMs: number | undefined;
}

/** Together less than 2 MiB: an example has an entity of up to 1 KiB, and a violation has ten. */
const LIMITS: LedgerLimits = { tenants: 1_000, endpoints: 2_500, violations: 100 };

/** Reads the ledger, once at a time because a reading goes over all tables. */
@Injectable()
export class LedgerService {
  private running: { readonly olderThanMs: number | undefined; readonly report: Promise<LedgerReport> } | undefined;
  private readonly stopping = new AbortController();

  constructor(private readonly repository: LedgerRepository) {}

  /**
   * During a reading further requests get its answer, whose `asOf` may be earlier than the request. An answer has limited
   * lists; `npm run verify` has all of it.
   * @throws LockstepError store_unavailable; overloaded during a reading with another `olderThanMs`
   */
  async report({ tenant, olderThanMs }: LedgerRequest): Promise<LedgerReport> {
    this.running ??= { olderThanMs, report: this.read(olderThanMs) };
    if (this.running.olderThanMs !== olderThanMs) {
      throw new LockstepError('overloaded', 'The ledger is being read with another `olderThan`; one reading runs at a time', { retryAfterSeconds: 5 });
    }
    const report = await this.running.report;
    return limited(tenant === undefined ? report : reportOfTenant(report, tenant), LIMITS);
  }

  /** Aborts a reading under way; its callers get store_unavailable. */
  stop(): void {
    this.stopping.abort();
  }

  private async read(olderThanMs: number | undefined): Promise<LedgerReport> {
    try {
      return reportOf(await this.repository.read({ olderThanMs, signal: this.stopping.signal }));
    } catch (error) {
      const known = storeErrorOf(error);
      if (!(known instanceof LockstepError)) throw error;
      throw new LockstepError('store_unavailable', 'The event store does not answer in time; `npm run verify` has no such limit', { cause: error, retryAfterSeconds: 5 });
    } finally {
      this.running = undefined;
    }
  }
}
