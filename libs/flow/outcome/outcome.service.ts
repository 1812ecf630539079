import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RoundBudget } from '#domain/round-budget';
import { GroupCommit } from '#ground/postgres/group-commit';
import { isConflict, isPoison, isTimeout } from '#ground/postgres/sql-errors';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type BatchFacts, Tracing } from '#ground/tracing/tracing';
import { outcomeBatchAttempts, outcomeCommitSeconds, outcomeConflicts } from './outcome.metrics.js';
import type { Outcome, OutcomeVerdict } from './outcome.js';
import { OutcomeRepository } from './outcome.repository.js';

// 500: above it the statement's latency grows faster than its rate.
const MAX_OUTCOMES = 500;
/** 500 dead letters of 256 KiB would take seconds. The largest body is 5 MiB, which has a statement of its own. */
const MAX_BYTES = 4 * 1_048_576;
const RETRY_MS = 200;
/** A statement costs as much as ten outcomes. Most outcomes can wait: their lanes have nothing more to send. */
const COMMITS_EVERY_MS = 12;
const COMMITS_AHEAD = 4;
const COMMIT_OUTCOMES: BatchFacts = { name: 'commit outcomes', kind: 'client', attributes: { 'db.system.name': 'postgresql' }, sizeAttribute: 'db.operation.batch.size' };

/**
 * Commits outcomes in groups. While Postgres is unavailable it retries until the process ends: a lane moves on only when the
 * outcome of its head is committed.
 */
@Injectable()
export class OutcomeService {
  private readonly commits: GroupCommit<Outcome, OutcomeVerdict>;
  /** For outcomes that exceeded a statement's time alone, such as one whose lane another session has locked. */
  private readonly blocked = new GroupCommit<Outcome, OutcomeVerdict>({ maxItems: 1, commit: (outcomes) => this.commit(outcomes) });
  private stopped = false;

  constructor(
    private readonly repository: OutcomeRepository,
    @InjectLogger() private readonly logger: Logger,
    private readonly tracing: Tracing,
  ) {
    this.commits = new GroupCommit({
      maxItems: MAX_OUTCOMES,
      maxBytes: MAX_BYTES,
      bytesOf: ({ result, copiedBytes = 0 }) => result.responseBody.length + copiedBytes,
      // A second commit finds what the first one did: `already`.
      isRepeatable: true,
      commit: (outcomes) => this.commit(outcomes),
      budget: new RoundBudget(COMMITS_EVERY_MS, COMMITS_AHEAD),
    });
  }

  /**
   * Resolves when the outcome is committed, or cannot be: `fenced`, `superseded`.
   * @param isAwaited its lane has more to send, or other lanes wait for its slot
   * @throws the error of Postgres, after `stop` or if the outcome cannot be stored even without the response's content
   */
  async add(outcome: Outcome, isAwaited: boolean): Promise<OutcomeVerdict> {
    try {
      return await this.addUntilDone(outcome, isAwaited);
    } catch (error) {
      if (!isPoison(error)) throw error;
      this.logger.error({ err: error, key: outcome.key }, 'An attempt\'s response cannot be stored; storing the outcome without it');
      return this.addUntilDone({ ...outcome, result: { ...outcome.result, error: undefined, responseBody: Buffer.alloc(0) } }, isAwaited);
    }
  }

  /** Makes waiting outcomes urgent: a lane has more to send. */
  hurry(): void {
    this.commits.hurry();
  }

  /** Ends the retries, at the end of the process. */
  stop(): void {
    this.stopped = true;
  }

  /** An outcome that exceeds a statement's time alone is retried apart from the others, so that they need not wait for it. */
  private async addUntilDone(outcome: Outcome, isAwaited: boolean): Promise<OutcomeVerdict> {
    for (let commits = this.commits; ; commits = this.blocked) {
      try {
        return await commits.add(outcome, isAwaited);
      } catch (error) {
        if (!isTimeout(error) || this.stopped) throw error;
        this.logger.warn({ err: error, key: outcome.key }, 'An outcome exceeded its time; retrying it apart from the others');
        await delay(RETRY_MS);
      }
    }
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
    outcomeBatchAttempts.observe(outcomes.length);
    for (;;) {
      const startedAtMs = performance.now();
      try {
        const verdicts = await this.tracing.batch(COMMIT_OUTCOMES, outcomes, () => this.repository.commit(outcomes));
        outcomeCommitSeconds.observe((performance.now() - startedAtMs) / 1_000);
        return verdicts;
      } catch (error) {
        if (isConflict(error)) outcomeConflicts.inc();
        if (isPoison(error) || isTimeout(error) || this.stopped) throw error;
        this.logger.warn({ err: error, outcomes: outcomes.length }, 'Outcomes could not be committed; retrying');
        await delay(RETRY_MS);
      }
    }
  }
}

/**
 * Splits outcomes so that each statement has one epoch for each shard, because a fence compares one. A shard has two epochs
 * only if it was lost and acquired again while an outcome of the former ownership waited.
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
