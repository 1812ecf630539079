import { Injectable } from '@nestjs/common';
import { RoundBudget } from '#domain/round-budget';
import { GroupCommit } from '#ground/postgres/group-commit';
import { isPoison } from '#ground/postgres/sql-errors';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { outcomeBatchSize } from './outcome.metrics.js';
import type { Outcome, OutcomeVerdict } from './outcome.js';
import { OutcomeRepository } from './outcome.repository.js';

// 500: above it the statement's latency grows faster than its rate.
const MAX_OUTCOMES = 500;
const RETRY_MS = 200;
/** A statement costs as much as ten outcomes do. Nobody waits for most: their lanes have nothing more to send. */
const COMMITS_EVERY_MS = 12;
const COMMITS_AHEAD = 4;

/**
 * Commits outcomes in groups. While Postgres is away it goes on trying for as long as the process lives: an attempt
 * that was made is not forgotten, and its lane waits for it.
 */
@Injectable()
export class OutcomeService {
  private readonly commits: GroupCommit<Outcome, OutcomeVerdict>;
  private stopped = false;

  constructor(
    private readonly repository: OutcomeRepository,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.commits = new GroupCommit({
      maxItems: MAX_OUTCOMES,
      commit: (outcomes) => this.commit(outcomes),
      budget: new RoundBudget(COMMITS_EVERY_MS, COMMITS_AHEAD),
    });
  }

  /**
   * Resolves when the outcome is committed, or can't be: `fenced`, `superseded`.
   * @param isAwaited its lane has more to send, or others wait for its place
   * @throws what Postgres threw, after `stop` or when this outcome's content can't be stored
   */
  async add(outcome: Outcome, isAwaited: boolean): Promise<OutcomeVerdict> {
    try {
      return await this.commits.add(outcome, isAwaited);
    } catch (error) {
      if (!isPoison(error)) throw error;
      this.logger.error({ err: error, key: outcome.key }, 'An attempt\'s response can not be stored; it is stored without it');
      return this.commits.add({ ...outcome, result: { ...outcome.result, error: undefined, responseBody: Buffer.alloc(0) } }, isAwaited);
    }
  }

  /** A lane has got more to send while its outcome may be waiting. */
  hurry(): void {
    this.commits.hurry();
  }

  /** Gives up on what can't be committed now: at the end of the process. */
  stop(): void {
    this.stopped = true;
  }

  private async commit(outcomes: readonly Outcome[]): Promise<readonly OutcomeVerdict[]> {
    const verdicts = new Map<Outcome, OutcomeVerdict>();
    for (const round of roundsOf(outcomes)) {
      const results = await this.commitRound(round);
      round.forEach((outcome, i) => verdicts.set(outcome, results[i] ?? 'fenced'));
    }
    return outcomes.map((outcome) => verdicts.get(outcome) ?? 'fenced');
  }

  private async commitRound(outcomes: readonly Outcome[]): Promise<readonly OutcomeVerdict[]> {
    outcomeBatchSize.observe(outcomes.length);
    for (;;) {
      try {
        return await this.repository.commit(outcomes);
      } catch (error) {
        if (isPoison(error) || this.stopped) throw error;
        this.logger.warn({ err: error, outcomes: outcomes.length }, 'Outcomes could not be committed; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/**
 * Outcomes in statements of one epoch a shard. There are two only when the shard was lost and taken again while an
 * outcome of the former ownership still waited; one fence can't speak for both.
 */
function roundsOf(outcomes: readonly Outcome[]): Outcome[][] {
  const epochs = new Map<number, Set<number>>();
  const rounds: Outcome[][] = [];
  for (const outcome of outcomes) {
    const seen = epochs.get(outcome.shard) ?? new Set();
    epochs.set(outcome.shard, seen.add(outcome.epoch));
    (rounds[[...seen].indexOf(outcome.epoch)] ??= []).push(outcome);
  }
  return rounds;
}
