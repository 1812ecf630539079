import { Injectable } from '@nestjs/common';
import { now } from '#domain/clock';
import { Poll } from '#ground/polling/poll';
import { GroupCommit } from '#ground/postgres/group-commit';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { EndpointTokens } from './endpoint-tokens.js';
import { LeaseStatements } from './lease-statements.js';
import { TokenBucketsRepository } from './token-buckets.repository.js';

/** The setting of an endpoint: `burst` requests at once, and `perSecond` in the long run. */
export interface EndpointRateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Buckets in one statement, which locks their rows for the time: about 10 ms. */
const MAX_BUCKETS = 200;
const SWEEP_MS = 500;

/**
 * Limits the requests to each endpoint, over all dispatchers: in any window of t seconds, at most `burst + perSecond × t` are
 * written. One statement at a time takes tokens for all endpoints that need some.
 */
@Injectable()
export class EndpointLimits {
  private readonly tokens = new Map<number, EndpointTokens>();
  private readonly settlements: LeaseStatements;
  private readonly statements: GroupCommit<EndpointTokens, void>;
  private readonly sweep: Poll;
  private isStopping = false;

  constructor(
    repository: TokenBucketsRepository,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.settlements = new LeaseStatements(repository);
    this.statements = new GroupCommit({ maxItems: MAX_BUCKETS, commit: (batch) => this.commit(batch) });
    this.sweep = new Poll({
      work: () => this.settleIdle(),
      intervalMs: SWEEP_MS,
      onError: (error) => this.logger.warn({ err: error }, 'Unused rate limit tokens of endpoints could not be returned; retrying'),
    });
  }

  start(): void {
    this.sweep.start(SWEEP_MS);
  }

  /** Returns unused tokens. Call it when nothing is sent any more. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.sweep.stop();
    const holding = [...this.tokens.values()].filter(({ lease }) => lease.isHolding);
    holding.forEach(({ lease }) => lease.close());
    try {
      await Promise.all(holding.map((tokens) => this.statements.add(tokens)));
    } catch (error) {
      this.logger.warn({ err: error }, 'Unused rate limit tokens of endpoints could not be returned; they run out in two seconds');
    }
  }

  /**
   * The tokens of an endpoint under its present limit; the same object for each call.
   * @param onTokens of the first call: there may be tokens for what waits
   */
  of(endpoint: number, { perSecond, burst }: EndpointRateLimit, onTokens: () => void): EndpointTokens {
    const limit = { bucket: `endpoint/${endpoint}`, perSecond, burst };
    const known = this.tokens.get(endpoint);
    if (known !== undefined) {
      known.change(limit);
      return known;
    }
    const tokens = new EndpointTokens(limit, this.settle, onTokens);
    this.tokens.set(endpoint, tokens);
    return tokens;
  }

  private readonly settle = (tokens: EndpointTokens): void => {
    if (this.isStopping) return;
    // `commit` says so, once for all endpoints of the statement.
    this.statements.add(tokens).catch(() => undefined);
  };

  private async settleIdle(): Promise<void> {
    const at = now();
    await Promise.all([...this.tokens.values()].filter(({ lease }) => lease.isUnsettled(at)).map((tokens) => this.statements.add(tokens)));
  }

  private async commit(batch: readonly EndpointTokens[]): Promise<void[]> {
    const settled = new Set(batch);
    try {
      await this.settlements.settle([...settled].map(({ lease }) => lease));
    } catch (error) {
      this.logger.warn({ err: error, endpoints: settled.size }, 'Rate limit tokens could not be leased; requests of limited endpoints wait, retrying in a second');
      throw error;
    } finally {
      // Before the next statement is made, which would return tokens that nothing waits for.
      for (const tokens of settled) tokens.settled();
    }
    return batch.map(() => undefined);
  }
}
