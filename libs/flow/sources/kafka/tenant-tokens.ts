import { BATCH_ITEMS } from '#flow/ingest/ingest.service';
import type { Principal } from '#ground/http/principal';
import type { PostgresRetries } from './postgres-retries.js';
import type { Allowance, RecordAcceptor } from './record-acceptor.js';

const UNLIMITED: Allowance = { granted: BATCH_ITEMS, waitMs: 0 };
const UNWANTED: Allowance = { granted: 0, waitMs: 0 };

/** Tokens of the tenant's rate limit that a session has taken for queued records. */
export class TenantTokens {
  private left = 0;

  constructor(
    private readonly principal: Principal,
    private readonly acceptor: Pick<RecordAcceptor, 'allow'>,
    private readonly retries: PostgresRetries,
  ) {}

  /** How many events may be made of so many queued records now. Takes no more tokens than there are records. */
  async allow(queuedRecords: number): Promise<Allowance> {
    if (this.principal.ingest.limits.length === 0) return UNLIMITED;
    const wanted = Math.min(BATCH_ITEMS, queuedRecords) - this.left;
    const { granted, waitMs } = wanted <= 0 ? UNWANTED : await this.retries.run(() => this.acceptor.allow(this.principal, wanted));
    this.left += granted;
    // Markers alone need none.
    return { granted: this.left === 0 && wanted <= 0 ? 1 : this.left, waitMs };
  }

  spend(events: number): void {
    this.left = Math.max(0, this.left - events);
  }

  /** Gives up those of records that were no events: they are the tenant's, and not kept for later. */
  drop(): void {
    this.left = 0;
  }
}
