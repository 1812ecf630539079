import { isConflict } from '#ground/postgres/sql-errors';
import { GroupCommit } from '#ground/postgres/group-commit';
import { admissionBatchSize, duplicateAdmissions, eventsAdmitted } from './admission.metrics.js';
import type { AdmissionRepository, ShardAdmission, ShardVerdict } from './admission.repository.js';

// 500: above it the statement's latency grows faster than its rate.
const MAX_EVENTS = 500;

export interface AdmissionRequest<Source> extends ShardAdmission {
  /** What the admitted deliveries are handed on with. */
  readonly source: Source;
}

/**
 * Admits events: whatever the shards' readers bring while one statement runs goes into the next one together. What
 * was admitted is handed to `intake` in the order of the commits, before the next statement is sent.
 */
export class AdmissionService<Source> {
  private readonly commits: GroupCommit<AdmissionRequest<Source>, ShardVerdict>;
  private statementsSent = 0;
  private statementsApplied = 0;

  constructor(
    private readonly repository: AdmissionRepository,
    private readonly intake: (request: AdmissionRequest<Source>, verdict: ShardVerdict) => void,
  ) {
    this.commits = new GroupCommit({
      maxItems: Infinity,
      maxBytes: MAX_EVENTS,
      bytesOf: ({ eventIds }) => eventIds.length,
      commit: (requests) => this.commit(requests),
    });
  }

  /**
   * Admits one shard's events.
   * @throws what Postgres threw; whether the admission was committed is then unknown, and doing it again is harmless
   */
  admit(request: AdmissionRequest<Source>): Promise<ShardVerdict> {
    return this.commits.add(request);
  }

  /** Statements sent so far: what is known now can be in the results of later ones only. */
  get sent(): number {
    return this.statementsSent;
  }

  /** Statements whose results were handed on. */
  get applied(): number {
    return this.statementsApplied;
  }

  private async commit(requests: readonly AdmissionRequest<Source>[]): Promise<ShardVerdict[]> {
    const verdicts = new Map<AdmissionRequest<Source>, ShardVerdict>();
    for (const round of roundsOf(requests)) {
      const results = await this.commitRound(round);
      round.forEach((request, i) => verdicts.set(request, results[i] ?? { kind: 'fenced' }));
    }
    return requests.map((request) => verdicts.get(request) ?? { kind: 'fenced' });
  }

  private async commitRound(requests: readonly AdmissionRequest<Source>[]): Promise<ShardVerdict[]> {
    admissionBatchSize.observe(requests.reduce((sum, { eventIds }) => sum + eventIds.length, 0));
    this.statementsSent += 1;
    try {
      const verdicts = await this.admitWithRetry(requests);
      requests.forEach((request, i) => {
        const verdict = verdicts[i] ?? { kind: 'fenced' };
        if (verdict.kind === 'admitted') {
          eventsAdmitted.inc(verdict.admitted);
          duplicateAdmissions.inc(verdict.duplicates);
        }
        this.intake(request, verdict);
      });
      return verdicts;
    } finally {
      this.statementsApplied = this.statementsSent;
    }
  }

  private async admitWithRetry(requests: readonly AdmissionRequest<Source>[]): Promise<ShardVerdict[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.repository.admit(requests);
      } catch (error) {
        if (!isConflict(error) || attempt === 5) throw error;
      }
    }
  }
}

/**
 * Requests in statements of one request a shard. A shard comes twice only when it was lost and taken again while a
 * request of the former ownership still waited; in one statement the two could not be told apart.
 */
function roundsOf<Request extends ShardAdmission>(requests: readonly Request[]): Request[][] {
  const rounds: Request[][] = [];
  const seen = new Map<number, number>();
  for (const request of requests) {
    const round = seen.get(request.shard) ?? 0;
    seen.set(request.shard, round + 1);
    (rounds[round] ??= []).push(request);
  }
  return rounds;
}
