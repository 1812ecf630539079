import { type Moment, now } from '#domain/clock';
import type { TokenLease } from '#domain/token-lease';
import { leaseStatements, tokensLeased, tokensReturned } from './rate-limits.metrics.js';
import type { TokenAsk, TokenBucketsRepository } from './token-buckets.repository.js';

export interface Settlement {
  /** When the answer came. */
  readonly at: Moment;
  /** Tokens that each ask gets. */
  readonly granted: readonly number[];
  /** Leases whose buckets did not exist, though they had been created. They have nothing, and the next statement creates them. */
  readonly lost: ReadonlySet<TokenLease>;
}

/** The statements that settle leases with Postgres. */
export class LeaseStatements {
  private readonly created = new WeakSet<TokenLease>();

  constructor(private readonly repository: TokenBucketsRepository) {}

  /**
   * Settles leases and takes tokens in one statement, after one that creates buckets that are new to this process.
   * @param leases each once
   * @throws LockstepError store_unavailable, after which the tokens may be taken; the leases know it
   */
  async settle(leases: readonly TokenLease[], asks: readonly TokenAsk[] = []): Promise<Settlement> {
    await this.createNew(leases);
    const sentAt = now();
    const requests = leases.map((lease) => ({ id: lease.limit.bucket, perSecond: lease.limit.perSecond, capacity: lease.capacity, ...lease.settle(sentAt) }));
    const answers = await this.repository.lease(requests, asks).catch((error: unknown) => {
      const failedAt = now();
      leases.forEach((lease) => lease.unanswered(failedAt));
      throw error;
    });
    const at = now();
    const lost = new Set<TokenLease>();
    leases.forEach((lease, i) => {
      const answer = answers.buckets[i];
      if (answer === undefined) lost.add(lease);
      else lease.answered(answer, sentAt, at);
    });
    lost.forEach((lease) => this.lose(lease));
    leaseStatements.inc();
    tokensLeased.inc(answers.buckets.reduce((sum, answer) => sum + (answer?.leased ?? 0), 0));
    tokensReturned.inc(requests.reduce((sum, { returned }) => sum + returned, 0));
    return { at, granted: answers.granted, lost };
  }

  private async createNew(leases: readonly TokenLease[]): Promise<void> {
    const fresh = leases.filter((lease) => !this.created.has(lease));
    if (fresh.length === 0) return;
    try {
      await this.repository.create(fresh.map((lease) => ({ id: lease.limit.bucket, capacity: lease.capacity })));
    } catch (error) {
      const failedAt = now();
      leases.forEach((lease) => lease.unsent(failedAt));
      throw error;
    }
    fresh.forEach((lease) => this.created.add(lease));
  }

  /** The bucket's row was lost in a failover or a restore, or deleted while nobody used it. */
  private lose(lease: TokenLease): void {
    lease.lost();
    this.created.delete(lease);
  }
}
