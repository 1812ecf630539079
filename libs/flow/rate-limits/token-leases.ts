import { type Moment, now } from '#domain/clock';
import { LockstepError } from '#domain/problem';
import { type RateLimit, TokenLease } from '#domain/token-lease';
import { Poll } from '#ground/polling/poll';
import { GroupCommit } from '#ground/postgres/group-commit';
import type { Logger } from '#ground/telemetry/logger';
import { LeaseStatements } from './lease-statements.js';
import type { TokenBucketsRepository } from './token-buckets.repository.js';

/** What is known of a limit after tokens were taken. */
export interface LimitState {
  readonly limit: RateLimit;
  /** Tokens left, as far as this process knows. */
  readonly remaining: number;
  /** Until another token comes, in milliseconds. */
  readonly waitMs: number;
}

export interface Taken {
  /** Tokens taken, from each bucket: for the first `granted` of those that asked. */
  readonly granted: number;
  /** Of the buckets asked, in their order. */
  readonly limits: readonly LimitState[];
}

export interface TokenLeasesOptions {
  /** A bucket holds at least what its rate gives in this time. */
  readonly minBurstMs: number;
}

interface Ask {
  readonly leases: readonly TokenLease[];
  /** 0: only the leases are settled. */
  readonly need: number;
}

/** All that may wait, so that none waits for more than two statements. Above it the statement's latency grows. */
const MAX_ASKS = 2_048;
const SWEEP_MS = 500;
/** Far above the time of two statements, during which an ask refers to its leases. */
const FORGET_MS = 60_000;

/**
 * Takes tokens from buckets in Postgres, which all processes share. A process leases ahead what it uses in 100 ms, so most
 * tokens are taken without a statement. What waits for tokens shares the next statement. A bucket without tokens is asked
 * again when Postgres said that the next one comes, at most a hundred times a second.
 *
 * In any window of t seconds, at most `size + perSecond × t` tokens of a bucket are taken over all processes, whatever
 * happens to them. A process that dies, or a statement without an answer, loses at most the tokens that were leased.
 */
export class TokenLeases {
  private readonly leases = new Map<string, TokenLease>();
  private readonly settlements: LeaseStatements;
  private readonly statements: GroupCommit<Ask, Taken>;
  private readonly sweep: Poll;

  constructor(
    repository: TokenBucketsRepository,
    private readonly logger: Logger,
    private readonly options: TokenLeasesOptions,
  ) {
    this.settlements = new LeaseStatements(repository);
    this.statements = new GroupCommit({ maxItems: MAX_ASKS, commit: (asks) => this.lease(asks) });
    this.sweep = new Poll({
      work: () => this.settleIdle(),
      intervalMs: SWEEP_MS,
      onError: (error) => this.logger.warn({ err: error }, 'Unused rate limit tokens could not be returned; retrying'),
    });
  }

  start(): void {
    this.sweep.start(SWEEP_MS);
  }

  /** Returns unused tokens. Call it when nothing takes tokens any more. */
  async stop(): Promise<void> {
    await this.sweep.stop();
    const leases = [...this.leases.values()].filter((lease) => lease.isHolding);
    leases.forEach((lease) => lease.close());
    try {
      if (leases.length > 0) await this.statements.add({ leases, need: 0 });
    } catch (error) {
      this.logger.warn({ err: error }, 'Unused rate limit tokens could not be returned; they run out in two seconds');
    }
  }

  /**
   * Takes up to `count` tokens from each of one or two buckets, as many from one as from the other. Returns no promise if the
   * leases suffice, or if a bucket is known to be empty.
   * @throws LockstepError store_unavailable; overloaded
   */
  take(limits: readonly RateLimit[], count: number): Taken | Promise<Taken> {
    const at = now();
    const leases = limits.map((limit) => this.leaseOf(limit));
    let local = count;
    for (const lease of leases) local = Math.min(local, lease.usable(at));
    for (const lease of leases) {
      if (local > 0) lease.use(local, at);
      if (lease.runsLow(at)) this.leaseAhead(lease);
    }
    if (local === count || leases.some((lease) => lease.isDry(at))) return takenOf(leases, local, at);
    return this.ask(leases, count - local, local);
  }

  private leaseOf(limit: RateLimit): TokenLease {
    const known = this.leases.get(limit.bucket);
    if (known !== undefined) {
      known.change(limit);
      return known;
    }
    const lease = new TokenLease(limit, this.options.minBurstMs);
    this.leases.set(limit.bucket, lease);
    return lease;
  }

  private async ask(leases: readonly TokenLease[], need: number, local: number): Promise<Taken> {
    if (this.statements.waiting >= MAX_ASKS) throw new LockstepError('overloaded', 'Too many requests wait for their rate limit; try again shortly', { retryAfterSeconds: 1 });
    const taken = await this.statements.add({ leases, need });
    return local === 0 ? taken : { ...taken, granted: taken.granted + local };
  }

  private leaseAhead(lease: TokenLease): void {
    this.statements.add({ leases: [lease], need: 0 }).catch((error: unknown) => {
      this.logger.warn({ err: error, bucket: lease.limit.bucket }, 'Rate limit tokens could not be leased ahead; requests wait for their tokens');
    });
  }

  private async settleIdle(): Promise<void> {
    const at = now();
    const unsettled: TokenLease[] = [];
    for (const [bucket, lease] of this.leases) {
      if (lease.isUnsettled(at)) unsettled.push(lease);
      else if (lease.isIdleFor(FORGET_MS, at)) this.leases.delete(bucket);
    }
    if (unsettled.length > 0) await this.statements.add({ leases: unsettled, need: 0 });
  }

  private async lease(asks: readonly Ask[], isAgain = false): Promise<readonly Taken[]> {
    const leases = [...new Set(asks.flatMap((ask) => ask.leases))];
    const places = new Map(leases.map((lease, i) => [lease, i]));
    const waiting = asks.filter(({ need }) => need > 0);
    const { at, lost, granted } = await this.settlements.settle(leases, waiting.map(({ leases: asked, need }) => ({ need, buckets: asked.map((lease) => places.get(lease) ?? -1) })));
    const again = asks.filter((ask) => ask.leases.some((lease) => lost.has(lease)));
    if (isAgain && again.length > 0) throw new LockstepError('store_unavailable', 'Rows of token_buckets disappear as soon as they are created');
    const retaken = again.length > 0 ? await this.lease(again, true) : [];
    const takenAgain = new Map(again.map((ask, i) => [ask, retaken[i]]));
    const grantedTo = new Map(waiting.map((ask, i) => [ask, granted[i] ?? 0]));
    return asks.map((ask) => takenAgain.get(ask) ?? takenBy(ask, grantedTo.get(ask) ?? 0, at));
  }
}

function takenBy({ leases }: Ask, granted: number, at: Moment): Taken {
  for (const lease of leases) if (granted > 0) lease.note(granted, at);
  return takenOf(leases, granted, at);
}

function takenOf(leases: readonly TokenLease[], granted: number, at: Moment): Taken {
  return { granted, limits: leases.map((lease) => ({ limit: lease.limit, remaining: lease.known, waitMs: lease.waitMs(at) })) };
}
